"""Alerts of Balans itself: what calls for somebody, decided from the figures alone. About work and machines, never a
person."""

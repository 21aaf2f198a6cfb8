"""Boards as people define them: those of the configuration, and what leads and admins keep in the store over them."""

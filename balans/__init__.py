"""The command `balans`: the only place that knows collectors, monitor and web at once, and puts them together."""

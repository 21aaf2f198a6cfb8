"""People: who may see what, and what is written of a person. Nothing of it reaches a wall, a metric or an export.

Only where `[people]` allows it is anything written here that names an agent.
"""

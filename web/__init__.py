"""How people see it: the live hub, REST, metrics and the pages. Knows only the monitor."""

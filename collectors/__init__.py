"""One module a source: a foreign protocol in, domain events out; no arithmetic."""

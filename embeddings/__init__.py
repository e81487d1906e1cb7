"""Clauses -> a searchable index. Knows vectors and terms, no answers."""

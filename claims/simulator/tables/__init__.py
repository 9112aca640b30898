"""Rows of the canonical tables, as text in declared columns."""

"""Canonical tables, their declarations, the Delta store and data versions."""

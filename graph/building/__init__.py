"""The steps of a graph build: net claims and registers become graph tables."""

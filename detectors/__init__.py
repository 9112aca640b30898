"""Pure functions of a snapshot that yield findings with their records."""

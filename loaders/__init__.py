"""Source files in, canonical rows out: readers, formats, checks and quarantine."""

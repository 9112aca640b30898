"""Readers: what stands on disk, made safe and plain for the formats."""

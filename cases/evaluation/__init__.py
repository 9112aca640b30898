"""Institutions evaluated by quarter (季度评析): what was reviewed about each, compared fairly and with uncertainty."""

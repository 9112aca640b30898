"""People's ways in: the command line and the pages."""

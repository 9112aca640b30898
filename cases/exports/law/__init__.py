"""Legal bases, clocks, points and rules as data: whoever keeps them up to date edits YAML, not code."""

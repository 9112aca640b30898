"""A Neo4j server for trials and tests, on this machine's loopback only."""

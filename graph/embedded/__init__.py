"""The embedded store: memory-mapped adjacency and attributes, written beside the graph tables."""

from graph.embedded.reader import EmbeddedStore

__all__ = ["EmbeddedStore"]

"""Findings gathered into rings, and what people decide about them."""

"""Measurements; `docs/benchmarks.md` is written from them."""

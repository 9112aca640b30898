"""A county by another maker: detectors are measured on it, and nobody who builds detectors looks into it.

Written from the data standard and from public descriptions of schemes alone, without a look at
`claims.simulator`: its code styles, names, prices, opening hours, sizes and rings are its own.
"""

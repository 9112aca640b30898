"""The parts of `verify.py`, the checker that travels with a package; `..standalone` makes one file of them.

They run on Python 3.8 with nothing but its standard library, so nothing of ours is imported here but
one part by another, and their sentences stand beside each other in Chinese and English: where they
run there is no catalogue.
"""

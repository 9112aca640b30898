"""The evidence ledger: an append-only Merkle log with signed heads, in the database of what it records."""

from claims.ledger.errors import LedgerError
from claims.ledger.heads import Head, heads_of, newest_head
from claims.ledger.keys import PublicKey
from claims.ledger.leaves import Entry, Kind, Leaf, entries, entry, size_of
from claims.ledger.log import Inclusion, append, ensure, prove, prove_growth, public_keys, seal

__all__ = [
    "Entry",
    "Head",
    "Inclusion",
    "Kind",
    "Leaf",
    "LedgerError",
    "PublicKey",
    "append",
    "ensure",
    "entries",
    "entry",
    "heads_of",
    "newest_head",
    "prove",
    "prove_growth",
    "public_keys",
    "seal",
    "size_of",
]

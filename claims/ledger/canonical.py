"""Canonical JSON: one text for equal values, so that a hash over it means something.

Sorted keys, no spaces, Chinese as it is, UTF-8. Fractions are left out on purpose: two programs
write the same fraction differently, so amounts are texts.
"""

import json
from collections.abc import Mapping, Sequence

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]


def canonical(value: Json) -> str:
    """Write `value`; TypeError for a fraction or anything else that JSON has no one text for."""
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def encoded(value: Json) -> bytes:
    """Canonical JSON as bytes: what is hashed and signed."""
    return canonical(value).encode()


def plain(value: Json) -> Json:
    """Return `value` as lists and dicts whose texts every database can keep."""
    if isinstance(value, str):
        return storable(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Mapping):
        return {storable(key): plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no place in a leaf")


def storable(text: str) -> str:
    """Replace what UTF-8 (undecodable bytes of a command line) or PostgreSQL (NUL) cannot hold."""
    return str(text).encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")

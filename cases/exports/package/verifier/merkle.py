"""Hashes of the ledger: canonical JSON, SHA-256 or SM3, proofs of RFC 9162 sections 2.1.3.2 and 2.1.4.2."""

from __future__ import annotations

import hashlib
import json
from typing import Any

SM3_START = (
    0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E,
)  # fmt: skip
WORD = 0xFFFFFFFF


def canonical(value: Any) -> bytes:
    """Write the JSON that signatures and leaves rest on: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def digest_of(algorithm: str, content: bytes) -> bytes:
    """Hash bytes with the ledger's hash."""
    if algorithm == "sm3":
        return sm3(content)
    if algorithm != "sha256":
        raise ValueError(algorithm)
    return hashlib.sha256(content).digest()


def leaf_hash(algorithm: str, leaf: Any) -> bytes:
    """Hash a leaf (RFC 6962 section 2.1)."""
    return digest_of(algorithm, b"\0" + canonical(leaf))


def node_hash(algorithm: str, left: bytes, right: bytes) -> bytes:
    """Hash two nodes into the one above them."""
    return digest_of(algorithm, b"\1" + left + right)


def includes(algorithm: str, leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    """Say whether `path` leads from the hash `leaf` at `index` to the `root` of `size` leaves."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(algorithm, step, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(algorithm, found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def consistent(algorithm: str, earlier: int, size: int, path: list[bytes], before: bytes, after: bytes) -> bool:
    """Say whether `path` shows that the tree of `size` leaves begins with the `earlier` ones unchanged."""
    if not 0 < earlier <= size:
        return False
    if earlier == size:
        return not path and before == after
    steps = [before, *path] if earlier & (earlier - 1) == 0 else list(path)
    if not steps:
        return False
    place, last = earlier - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(algorithm, step, old), node_hash(algorithm, step, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(algorithm, new, step)
        place, last = place >> 1, last >> 1
    return last == 0 and (old, new) == (before, after)


def turned(word: int, by: int) -> int:
    """Turn a word of 32 bits to the left."""
    by %= 32
    return (word << by | word >> (32 - by)) & WORD


def sm3(content: bytes) -> bytes:
    """Hash bytes by SM3 (GB/T 32905-2016), in plain Python as some builds have no SM3."""
    padded = content + b"\x80" + b"\0" * ((55 - len(content)) % 64) + (8 * len(content)).to_bytes(8, "big")
    state: tuple[int, ...] = SM3_START
    for start in range(0, len(padded), 64):
        state = sm3_block(state, padded[start : start + 64])
    return b"".join(word.to_bytes(4, "big") for word in state)


def sm3_block(state: tuple[int, ...], block: bytes) -> tuple[int, ...]:
    """Fold one block of 64 bytes into the state (section 5.3)."""
    words = [int.from_bytes(block[n : n + 4], "big") for n in range(0, 64, 4)]
    for n in range(16, 68):
        mixed = words[n - 16] ^ words[n - 9] ^ turned(words[n - 3], 15)
        words.append(mixed ^ turned(mixed, 15) ^ turned(mixed, 23) ^ turned(words[n - 13], 7) ^ words[n - 6])
    a, b, c, d, e, f, g, h = state
    for n in range(64):
        first = turned((turned(a, 12) + e + turned(0x79CC4519 if n < 16 else 0x7A879D8A, n)) & WORD, 7)
        second = first ^ turned(a, 12)
        one = (a ^ b ^ c) if n < 16 else (a & b | a & c | b & c)
        two = (e ^ f ^ g) if n < 16 else (e & f | ~e & WORD & g)
        high = (one + d + second + (words[n] ^ words[n + 4])) & WORD
        low = (two + h + first + words[n]) & WORD
        a, b, c, d = high, a, turned(b, 9), c
        e, f, g, h = low ^ turned(low, 9) ^ turned(low, 17), e, turned(f, 19), g
    return tuple(new ^ old for new, old in ((a, state[0]), (b, state[1]), (c, state[2]), (d, state[3]),
                                            (e, state[4]), (f, state[5]), (g, state[6]), (h, state[7])))  # fmt: skip

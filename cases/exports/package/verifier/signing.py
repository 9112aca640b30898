"""Ed25519 signatures after RFC 8032 section 5.1, checked with whole numbers alone."""

from __future__ import annotations

import hashlib

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE_D = -121665 * pow(121666, PRIME - 2, PRIME) % PRIME
ROOT_OF_MINUS_ONE = pow(2, (PRIME - 1) // 4, PRIME)


def point_of(encoded: bytes) -> tuple[int, int, int, int] | None:
    """Decode a point (section 5.1.3) into extended coordinates; None where the bytes are none."""
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    if len(encoded) != 32 or y >= PRIME:
        return None
    square = (y * y - 1) * pow(CURVE_D * y * y + 1, PRIME - 2, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if (x * x - square) % PRIME:
        x = x * ROOT_OF_MINUS_ONE % PRIME
    if (x * x - square) % PRIME or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = PRIME - x
    return x, y, 1, x * y % PRIME


def added(p: tuple[int, int, int, int], q: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Add two points (section 5.1.4)."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % PRIME, (p[1] + p[0]) * (q[1] + q[0]) % PRIME
    c, d = 2 * p[3] * q[3] * CURVE_D % PRIME, 2 * p[2] * q[2] % PRIME
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


def multiplied(times: int, point: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Add a point to itself so many times."""
    total = (0, 1, 1, 0)
    while times:
        if times & 1:
            total = added(total, point)
        point = added(point, point)
        times >>= 1
    return total


def base_point() -> tuple[int, int, int, int]:
    """Return the generator: y = 4/5, x even."""
    y = 4 * pow(5, PRIME - 2, PRIME) % PRIME
    found = point_of(y.to_bytes(32, "little"))
    if found is None:
        raise ArithmeticError("base point")
    return found


def signature_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether `signature` is that of the key `public` over `message` (section 5.1.7)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, start = point_of(public), point_of(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or start is None or scalar >= ORDER:
        return False
    challenge = hashlib.sha512(signature[:32] + public + message).digest()
    times = int.from_bytes(challenge, "little") % ORDER
    one, two = multiplied(scalar, base_point()), added(start, multiplied(times, key))
    return (one[0] * two[2] - two[0] * one[2]) % PRIME == 0 and (one[1] * two[2] - two[1] * one[2]) % PRIME == 0

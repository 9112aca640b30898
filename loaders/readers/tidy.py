"""Whether text needs no trimming: no white space beside a separator or a quote.

Trimming every cell costs as much as parsing it, so it is done only where this says it may matter.
"""

import numpy as np
import numpy.typing as npt

SPACE, RETURN, QUOTE = 0x20, 0x0D, 0x22
# White space beyond the space: the controls themselves, the first bytes of C1 and Unicode spaces.
OTHER_SPACE = (b"\x0b", b"\x0c", b"\x1c", b"\x1d", b"\x1e", b"\x1f", b"\xc2", b"\xe1", b"\xe2")
WIDE_LEAD, WIDE_SPACE = b"\xe3", "\u3000".encode()


def is_tidy(block: bytes, text: npt.NDArray[np.uint8], ends: npt.NDArray[np.intp], delimiter: bytes) -> bool:
    """Say whether no cell has white space around it; `ends` are the separators in `text`, the array of `block`."""
    if any(byte in block for byte in OTHER_SPACE) or (delimiter != b"\t" and b"\t" in block):
        return False
    if WIDE_LEAD in block and WIDE_SPACE in block:
        return False
    if text[:1].tobytes() == b" " or _beside(text, ends):
        return False
    if b'"' in block and _beside(text, np.flatnonzero(text == QUOTE)):
        return False
    return RETURN not in block or not (text[np.maximum(ends - 2, 0)] == SPACE)[text[ends - 1] == RETURN].any()


def _beside(text: npt.NDArray[np.uint8], places: npt.NDArray[np.intp]) -> bool:
    """Say whether a space stands before or after one of the places."""
    before, after = text[places - 1], text[np.minimum(places + 1, len(text) - 1)]
    return bool((before == SPACE).any() or (after == SPACE).any())

"""How names of files and columns are compared: full-width forms and white space do not count."""

import unicodedata

INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200e\u200f"))


def normal(name: str) -> str:
    """Return `name` as it is compared: NFKC, trimmed, white space inside collapsed."""
    return " ".join(unicodedata.normalize("NFKC", name).translate(INVISIBLE).split())

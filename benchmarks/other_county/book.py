"""The book of visits: rows are added in arrays, and each keeps its number to the end."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from benchmarks.other_county.settings import Ints

Given = int | npt.NDArray[np.generic]
DEFAULTS: Mapping[str, int] = {
    "length": 0,  # minutes from begin to end
    "doctor": -1,
    "prescriber": -1,
    "till": -1,
    "diagnosis": -1,
    "basket": -1,
    "agent": -1,  # person who acts for the insured
    "card": -1,  # number of the card, -1: the person's valid one
    "shown": -1,  # what was shown: 1 e-credential, 2 identity card, 3 card, 4 face
    "bed": -1,
    "planted": 0,  # 1: stays in the book even where it contradicts others
}


@dataclass
class Book:
    """Columns of visits: person, place, minute (of its begin, since the first midnight), kind, and `DEFAULTS`."""

    chunks: list[dict[str, Ints]] = field(default_factory=list)
    size: int = 0

    def add(self, person: Given, place: Given, minute: Given, kind: Given, **given: Given) -> Ints:
        """Add visits (broadcast to the longest argument) and return their numbers."""
        values = {"person": person, "place": place, "minute": minute, "kind": kind, **DEFAULTS, **given}
        columns = np.broadcast_arrays(*(np.atleast_1d(np.asarray(value)) for value in values.values()))
        count = len(columns[0])
        self.chunks.append({name: column.astype(np.int64) for name, column in zip(values, columns, strict=True)})
        self.size += count
        return np.arange(self.size - count, self.size)

    def columns(self) -> dict[str, Ints]:
        """Return all visits, column by column."""
        names = ("person", "place", "minute", "kind", *DEFAULTS)
        return {name: np.concatenate([chunk[name] for chunk in self.chunks]) for name in names}

"""Write what the evaluation measured: `docs/evaluation.md`, and the `Measured` part of every detector's card."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from benchmarks.__main__ import machine
from benchmarks.evaluation_county import County
from detectors import DETECTORS

DOCS = Path(__file__).resolve().parent.parent / "docs"
MEASURED = "<!-- measured -->"
HEAD = """# Evaluation

Written by `make evaluate`. Counties of two makers that nobody who builds detectors has looked at: the simulator of this
repository and `benchmarks/other_county`, which was written from the data standard alone, with other names, codes,
prices, hours and ring shapes. Seeds below 1000 are for building and are not used here; 1001 and 1002 were measured
before and are not used again.

A reported ring (above the alert line) is right when it is the best match of a planted ring nobody has taken yet, with
Jaccard ≥ 0.5 on insured persons (on all members where a planted ring has no persons). A second ring on one planted ring
counts as wrong, and is named a *piece*. An innocent group is accused when a reported ring has Jaccard ≥ 0.3 with it or
holds half of it, and names one of its people who is in no planted ring. *Quick alarm* is the trivial rule (five cards
at one till within thirty minutes, three times), before any innocent explanation.
"""


def write_document(counties: Sequence[County], arguments: Sequence[str]) -> None:
    """Write the document."""
    parts = [
        HEAD,
        f"```console\n$ python -m benchmarks.evaluate {' '.join(arguments)}".rstrip() + "\n```\n",
        machine() + "\n",
        "## By county\n\n" + _table(COUNTY_COLUMNS, counties),
        "## Found, by kind\n\n" + _kinds(counties),
        "## Innocent groups accused\n\n" + _accused(counties),
        "## Is the score honest?\n\n" + _calibration(counties),
        "## Time and memory\n\n" + _table(COST_COLUMNS, counties),
        "## What does not hold\n\n" + _misses(counties),
    ]
    (DOCS / "evaluation.md").write_text("\n".join(parts), encoding="utf-8")


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _whole(county: County) -> Mapping[str, float | None]:
    total, budget = county["rings"]["total"], county["rings"]["at_budget"]
    return {
        "recall": total["recall"],
        "precision": total["precision"],
        "at budget 40": budget["precision"],
        "average precision": county["rings"]["average_precision"],
        "recall, all members": county["rings_all_members"]["total"]["recall"],
        "own estimate of chance rings": county["false_alarms"],
        "quick alarm: recall": county["baseline"]["total"]["recall"],
        "quick alarm: precision": county["baseline"]["total"]["precision"],
    }


def _rate(name: str) -> Callable[[County], str]:
    return lambda county: _share(_whole(county)[name])


def _accusations(county: County) -> int:
    return sum(hit for _, hit in county["rings"]["accused"].values())


def _per_100k(county: County) -> str:
    wrong = county["rings"]["total"]["reported"] - county["rings"]["total"]["right"]
    return f"{100_000 * wrong / county['persons']:.1f}"


WHICH: Mapping[str, Callable[[County], str]] = {
    "maker": lambda county: county["maker"],
    "county": lambda county: county["mode"],
    "seed": lambda county: str(county["seed"]),
}
COUNTY_COLUMNS: Mapping[str, Callable[[County], str]] = {
    **WHICH,
    "planted": lambda county: str(county["rings"]["total"]["planted"]),
    "found": lambda county: str(county["rings"]["total"]["found"]),
    "recall": _rate("recall"),
    "reported": lambda county: str(county["rings"]["total"]["reported"]),
    "precision": _rate("precision"),
    "at budget 40": _rate("at budget 40"),
    "average precision": _rate("average precision"),
    "recall, all members": _rate("recall, all members"),
    "pieces": lambda county: str(county["rings"]["pieces"]),
    "wrong per 100,000": _per_100k,
    "own estimate of chance rings": _rate("own estimate of chance rings"),
    "innocent accused": lambda county: str(_accusations(county)),
    "quick alarm: recall": _rate("quick alarm: recall"),
    "quick alarm: precision": _rate("quick alarm: precision"),
}
COST_COLUMNS: Mapping[str, Callable[[County], str]] = {
    **WHICH,
    "persons": lambda county: f"{county['persons']:,}",
    "settlements": lambda county: f"{county['settlements']:,}",
    "load s": lambda county: f"{county['seconds']['load']:.0f}",
    "detect s": lambda county: f"{county['seconds']['detect']:.0f}",
    "times one sort": lambda county: f"{county['seconds']['detect'] / max(county['seconds']['sort'], 1e-3):.0f}",
    "peak GiB": lambda county: f"{county['peak_gib']:.2f}",
}


def _grid(titles: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    titles = list(titles)
    lines = ["| " + " | ".join(titles) + " |", "| " + " | ".join("---" for _ in titles) + " |"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _table(columns: Mapping[str, Callable[[County], str]], counties: Sequence[County]) -> str:
    return _grid(columns, ([value(county) for value in columns.values()] for county in counties))


def _kinds(counties: Sequence[County]) -> str:
    """Planted kinds with recall, and reported kinds with precision, over all counties of a maker and difficulty."""
    sums: dict[tuple[str, str, str], Counter[str]] = {}
    for county in counties:
        for quality in county["rings"]["kinds"]:
            key = county["maker"], county["mode"], quality["name"]
            counts = {"planted": quality["planted"], "found": quality["found"]}
            counts |= {"reported": quality["reported"], "right": quality["right"]}
            sums.setdefault(key, Counter()).update(counts)
    rows = [
        (*key, str(s["planted"]), str(s["found"]), str(s["reported"]), str(s["right"]))
        for key, s in sorted(sums.items())
    ]
    return _grid(("maker", "county", "kind", "planted", "found", "reported under this kind", "right"), rows)


def _accused(counties: Sequence[County]) -> str:
    sums: dict[tuple[str, str], list[int]] = {}
    for county in counties:
        for kind, (groups, hit) in county["rings"]["accused"].items():
            found = sums.setdefault((county["maker"], kind), [0, 0])
            found[0], found[1] = found[0] + groups, found[1] + hit
    rows = ((*key, str(groups), str(hit)) for key, (groups, hit) in sorted(sums.items()))
    return _grid(("maker", "innocent group", "groups", "accused"), rows)


def _calibration(counties: Sequence[County]) -> str:
    bins: dict[tuple[float, float], list[int]] = {}
    for county in counties:
        for one in county["rings"]["calibration"]:
            found = bins.setdefault((one["low"], one["high"]), [0, 0])
            found[0], found[1] = found[0] + one["rings"], found[1] + one["right"]
    rows = [
        (f"{low:.1f}–{high:.1f}", str(n), _share(r / n if n else None)) for (low, high), (n, r) in sorted(bins.items())
    ]
    return _grid(("score", "rings", "share that is real"), rows)


def _misses(counties: Sequence[County]) -> str:
    """Name what was missed and what was reported wrongly, most often first."""
    missed = Counter((c["maker"], c["mode"], kind) for c in counties for kind in c["rings"]["missed"])
    wrong = Counter((c["maker"], c["mode"], kind) for c in counties for kind in c["false_kinds"])
    lines = [f"- missed {n} × {kind} ({maker}, {mode})" for (maker, mode, kind), n in missed.most_common()]
    touching = "reported and touching no planted ring"
    lines += [f"- {touching} {n} × {kind} ({maker}, {mode})" for (maker, mode, kind), n in wrong.most_common()]
    notes = sorted({f"- {about}: {words} ({c['maker']})" for c in counties for about, words in c["notes"]})
    return (
        "\n".join(lines or ["- nothing on these counties"]) + "\n" + ("\n" + "\n".join(notes) + "\n" if notes else "")
    )


def fill_cards(counties: Sequence[County]) -> None:
    """Write each detector's own numbers into its card, from the mark to the next heading."""
    for detector in DETECTORS:
        card = DOCS / "detectors" / f"{detector.name}.md"
        if card.exists():
            text = filled(card.read_text("utf-8"), _measured(detector.name, counties))
            card.write_text(text, encoding="utf-8")


def filled(card: str, measured: str) -> str:
    """Put `measured` after the mark of a card, in place of what stood there up to the next heading."""
    pattern = re.compile(rf"{re.escape(MEASURED)}.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
    return pattern.sub(lambda _: f"{MEASURED}\n\n{measured}\n", card, count=1)


def _measured(name: str, counties: Sequence[County]) -> str:
    titles = ("maker", "county", "counties", "findings", "above the line", "planted rings", "pieces of one", "neither",
              "innocent groups accused", "seconds")  # fmt: skip
    rows = []
    for key in dict.fromkeys((county["maker"], county["mode"]) for county in counties):
        own = [county for county in counties if (county["maker"], county["mode"]) == key]
        tallies = [county["detectors"][name] for county in own]
        parts = ("findings", "above", "rings", "pieces", "neither", "innocent")
        counts = [sum(t[part] for t in tallies) for part in parts]
        seconds = sum(county["seconds"].get(name, 0.0) for county in own) / len(own)
        rows.append((*key, str(len(own)), *map(str, counts), f"{seconds:.1f}"))
    size = f"{counties[0]['persons']:,} persons" if counties else ""
    return f"Written by `make evaluate`; counties of {size} (`docs/evaluation.md`).\n\n" + _grid(titles, rows)

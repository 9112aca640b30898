"""Where a ring can go: whom a destination means, which forms it gets, what it requires."""

from collections.abc import Mapping
from dataclasses import dataclass

from cases.exports.naming import Show
from claims.language import N_


@dataclass(frozen=True)
class Destination:
    """A receiver. `title` is a catalogue sentence; `receiver` follows the region's name in Chinese documents.

    `show` is the most a document to it may show of people: `FULL` takes effect only where the
    export was given a reason to name them, else names are shortened. `each` makes a set of
    documents per institution of the ring, holding that institution's own records only.
    """

    name: str
    title: str
    receiver: str
    forms: tuple[str, ...]
    requires: tuple[str, ...]
    show: Show = Show.FULL
    each: bool = False


def _each(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_LETTER = "authority contact number source people places facts period amount records"

DESTINATIONS: tuple[Destination, ...] = (
    Destination(
        "police",
        N_("police (suspected crime)"),
        "公安局",
        _each("police-letter investigation goods evidence receipt"),
        _each(f"{_LETTER} law proved trials goods review answer interviews documents video officers approval"),
    ),
    Destination(
        "health",
        N_("health authority (practice)"),
        "卫生健康局",
        _each("health-letter evidence receipt"),
        _each(f"{_LETTER} law trials review answer documents officers approval"),
    ),
    Destination(
        "market",
        N_("market regulator (drugs)"),
        "市场监督管理局",
        _each("market-letter goods evidence receipt"),
        _each(f"{_LETTER} law trials goods stock review officers approval"),
    ),
    Destination(
        "discipline",
        N_("discipline inspection"),
        "纪委监委",
        _each("discipline-letter evidence receipt"),
        _each(f"{_LETTER} trials status review officers approval"),
    ),
    Destination(
        "region",
        N_("fund supervision of another region"),
        "医疗保障局",
        _each("region-letter evidence receipt"),
        _each(f"{_LETTER} trials review officers approval"),
    ),
    Destination(
        "rectification",
        N_("institution: letter of rectification"),
        "",
        _each("rectification service"),
        _each("authority contact number facts period records law review answer deadline approval"),
        Show.ALIAS,
        each=True,
    ),
    Destination(
        "interview",
        N_("institution: notice of an interview"),
        "",
        _each("interview service"),
        _each("authority contact number facts period law meeting officers approval"),
        Show.ALIAS,
        each=True,
    ),
    Destination(
        "recovery",
        N_("institution: notice of recovery"),
        "",
        _each("recovery service"),
        _each("authority contact number period amount records law review answer decision approval"),
        Show.ALIAS,
        each=True,
    ),
    Destination(
        "questions",
        N_("institution: questions before a conclusion"),
        "",
        _each("questions service"),
        _each("authority contact number facts period records deadline"),
        Show.ALIAS,
        each=True,
    ),
    Destination(
        "points",
        N_("agency: points of staff (proposal)"),
        "医疗保险经办机构",
        _each("points"),
        _each("authority people facts period records law review answer approval"),
        Show.SHORT,
    ),
    Destination(
        "summary",
        N_("lead: summary of the lead"),
        "",
        _each("summary"),
        _each(f"{_LETTER} law proved trials review answer interviews documents video officers approval"),
        Show.SHORT,
    ),
    Destination(
        "platform", N_("national platform: violations (3101)"), "", (), _each("records facts amount"), Show.FULL
    ),
)
BY_NAME: Mapping[str, Destination] = {destination.name: destination for destination in DESTINATIONS}

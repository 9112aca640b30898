"""What the fund paid on a ring as a bracket, drawn against the amounts of the law."""

from collections.abc import Sequence
from decimal import Decimal
from math import log10

import streamlit as st
from markupsafe import Markup

from cases.exposure import THRESHOLD_TITLES
from cases.handout.tables import GRADE_TITLES
from cases.model import Crossing, Exposure
from claims.language import _, join_words
from ui.pages import words
from ui.pages.sheet import draw, lines, paragraph, table

MOST_MOVERS = 4  # records named per amount
RIGHT_EDGE = 82.0  # per cent of the axis; a title further right ends at the edge, where it would run over it


def money(exposure: Exposure) -> None:
    """Draw the bracket, its four amounts, and what each reached amount rests on."""
    st.subheader(_("Money at stake"))
    low, middle = exposure.certain, exposure.certain + exposure.probable
    rows = (
        (Markup('<i class="rh-key c"></i>{}').format(_("certain records only")), words.money(low)),
        (Markup('<i class="rh-key p"></i>{}').format(_("with probable records")), words.money(middle)),
        (Markup('<i class="rh-key q"></i>{}').format(_("with contested records")), words.money(exposure.fund)),
        (_("lawful records, left out"), words.money(exposure.lawful)),
    )
    reached = [crossing for crossing in exposure.crossings if crossing.reached]
    draw(
        picture(exposure),
        table((_("Fund paid on"), _("Amount")), rows, {1}),
        lines(_crossing(crossing) for crossing in reached)
        if reached
        else paragraph(_("No amount of the law is reached, even with contested records."), "dim"),
    )


def picture(exposure: Exposure) -> Markup:
    """Return the bracket on a logarithmic axis; shaded are the ranges within which provinces fix an amount."""
    low, middle, high = exposure.certain, exposure.certain + exposure.probable, exposure.fund
    scale = _Scale.of(exposure)
    spans = (("c", Decimal(1), low), ("p", low, middle), ("q", middle, high))
    bars = Markup("").join(
        Markup('<i class="part {}" style="{}"></i>').format(name, scale.span(start, end))
        for name, start, end in spans
        if end > start
    )
    bands, ticks = _bands(exposure.crossings, scale), _ticks(exposure.crossings, scale)
    return Markup('<div class="rh-money">{}{}{}</div>').format(bands, bars, ticks)


class _Scale:
    """Places on a logarithmic axis, in per cent of its length."""

    def __init__(self, least: float, most: float) -> None:
        self.least, self.most = log10(least), log10(most)

    @classmethod
    def of(cls, exposure: Exposure) -> "_Scale":
        amounts = [float(crossing.amount) for crossing in exposure.crossings] or [1000.0]
        paid = [float(amount) for amount in (exposure.certain, exposure.fund) if amount > 0]
        return cls(max(100.0, min([*amounts, *paid]) / 3), max([*amounts, *paid]) * 1.8)

    def at(self, amount: Decimal) -> float:
        share = (log10(max(float(amount), 1e-9)) - self.least) / (self.most - self.least)
        return 100 * min(1.0, max(0.0, share))

    def span(self, start: Decimal, end: Decimal) -> str:
        return f"left:{self.at(start):.1f}%;width:{max(0.4, self.at(end) - self.at(start)):.1f}%"


def _bands(crossings: Sequence[Crossing], scale: _Scale) -> Markup:
    found = Markup("")
    for name in dict.fromkeys(crossing.threshold for crossing in crossings):
        amounts = [crossing.amount for crossing in crossings if crossing.threshold == name]
        low, high = min(amounts), max(amounts)
        end = "end" if (scale.at(low) + scale.at(high)) / 2 > RIGHT_EDGE else ""
        found += Markup('<i class="band" style="{}"></i><b class="{}" style="{}"><span>{}</span></b>').format(
            scale.span(low, high), end, scale.span(low, high), _(THRESHOLD_TITLES[name])
        )
    return found


def _ticks(crossings: Sequence[Crossing], scale: _Scale) -> Markup:
    return Markup("").join(
        Markup('<i class="tick" style="left:{0}%"></i><em style="left:{0}%"><span>{1}</span></em>').format(
            f"{scale.at(crossing.amount):.1f}", words.count(int(crossing.amount))
        )
        for crossing in crossings
    )


def _crossing(crossing: Crossing) -> str:
    named = join_words(crossing.movers[:MOST_MOVERS])
    if len(crossing.movers) > MOST_MOVERS:
        named += " …"
    assert crossing.reached is not None  # noqa: S101 - only reached ones are told
    return _(
        "{amount} yuan ({title}) is reached with {grade} records; it falls without these {count}: {records}",
        amount=words.count(int(crossing.amount)),
        title=_(THRESHOLD_TITLES[crossing.threshold]),
        grade=_(GRADE_TITLES[crossing.reached]),
        count=len(crossing.movers),
        records=named,
    )

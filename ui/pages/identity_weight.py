"""Bits of evidence in plain words and as bars that lean towards one person or two."""

from markupsafe import Markup

from claims.language import N_, _
from jobs.identity_pairs import Proposal
from ui.pages import words

FULL = 30.0  # bits at which a bar is full
_DEGREES = (
    (10.0, N_("speaks very strongly for one person"), N_("speaks very strongly for two")),
    (5.0, N_("speaks strongly for one person"), N_("speaks strongly for two")),
    (2.0, N_("speaks for one person"), N_("speaks for two")),
    (0.5, N_("speaks a little for one person"), N_("speaks a little for two")),
)


def spoken(bits: float) -> str:
    """Say what a weight means."""
    for least, one, two in _DEGREES:
        if abs(bits) >= least:
            return _(one if bits > 0 else two)
    return _("says nothing either way")


def times(bits: float) -> str:
    """Say how much likelier something is for one person than for two (or the other way)."""
    if abs(bits) < 0.5:
        return ""
    most = _("more than ten thousand million")
    number = most if abs(bits) >= 33 else words.count(_rounded(2.0 ** abs(bits)))
    return (
        _("{number} times likelier if one", number=number)
        if bits > 0
        else _("{number} times likelier if two", number=number)
    )


def weighed(bits: float) -> Markup:
    """Return a bar with words: to the right for one person, to the left for two."""
    wide = f"{min(50.0, 50.0 * abs(bits) / FULL):.1f}"
    side = "left:50%" if bits > 0 else "right:50%"
    colour = "#1f6fb2" if bits > 0 else "#d55e00"
    bar = Markup(
        '<span style="position:relative;display:inline-block;width:7rem;height:.55rem;border-radius:2px;'
        'background:rgba(128,140,155,.22);vertical-align:middle">'
        '<i style="position:absolute;top:0;height:100%;{};width:{}%;background:{}"></i>'
        '<i style="position:absolute;left:50%;top:-2px;height:calc(100% + 4px);border-left:1px solid currentColor;'
        'opacity:.5"></i></span>'
    ).format(Markup(side), wide, colour)  # noqa: S704 - one of two words of our own
    number = Markup('<span class="rh-bar-n" style="margin-left:.4rem">{}</span>').format(f"{bits:+.1f}")
    return Markup('<span class="rh-w" title="{}">{}{}</span>').format(times(bits), bar, number)


def balance(proposal: Proposal) -> list[tuple[object, ...]]:
    """Return the last lines of the table: what one begins with, and the sum."""
    begin = _("before looking: one enrolment in a thousand has a double")
    total = Markup("<b>{}</b>").format(_("sum"))
    chance = Markup("<b>{}</b>").format(_("one person: {share}", share=words.share(proposal.probability)))
    return [
        (_("to begin with"), "", "", "", begin, weighed(proposal.prior)),
        (total, "", "", "", chance, weighed(proposal.total)),
    ]


def _rounded(number: float) -> int:
    """Two digits are as many as a likelihood bears."""
    digits = max(0, len(str(int(number))) - 2)
    return int(round(number / 10**digits) * 10**digits)

"""What a referral still lacks and who can supply it; and which article is held against which fact."""

import streamlit as st
from markupsafe import Markup

from cases.exports.legal import Held, law
from claims.language import _, join_words
from ui.pages import sheet, states, words
from ui.service.house import Context
from ui.service.referrals import Law
from ui.service.referrals_ground import Subject

MOST_NAMED = 6  # records named in a cell; the documents list all


def meter(context: Context, subject: Subject, to: str) -> None:
    """Draw the completeness meter of a destination."""
    with st.spinner(_("Gathering the ring's records …")):
        found = context.referrals.meter(subject, to)
    total = len(found.readings)
    st.progress(found.filled / total, text=_("{filled} of {total} points are there.", filled=found.filled, total=total))
    rows = [
        (
            Markup('<span style="color:#009e73">●</span>') if reading.filled else Markup("○"),
            _(reading.required.title),
            reading.value if reading.filled else Markup("<b>{}</b>").format(_("missing")),
            "" if reading.filled else _(reading.required.who),
        )
        for reading in sorted(found.readings, key=lambda reading: reading.filled)
    ]
    sheet.draw(sheet.table(("", _("What"), _("What is there"), _("Who can supply it")), rows))
    st.caption(_("What is missing stays a visible blank in the documents; nothing is filled in by guessing."))


def articles(context: Context, subject: Subject, _to: str) -> None:
    """Draw each article with its elements and the records that show them."""
    with st.spinner(_("Gathering the ring's records …")):
        found = context.referrals.articles(subject)
    st.info(_("Texts are restated, not quoted. Check the official text in force before you cite it."))
    st.caption(words.plain(law().notice))
    if not found:
        states.empty(_("No article is kept for this kind of ring."), _("Articles are data: see the guide."))
    for one in found:
        _article(one)


def _article(one: Law) -> None:
    holes = sum(line.hole for line in one.lines)
    shown = len(one.lines) - holes
    counted = _("{shown} shown, {holes} open", shown=shown, holes=holes)
    mark = "" if one.basis.checked else " · :orange-badge[" + _("text not checked") + "]"
    with st.expander(f"{words.plain(one.basis.title)} · {counted}{mark}", expanded=True):
        basis = one.basis
        dim = _("{number}, in force since {day}", number=basis.number, day=words.day(basis.in_force))
        rows = [(line.element.text, _shown(line), _records(line)) for line in one.lines]
        sheet.draw(
            sheet.paragraph(basis.paraphrase),
            sheet.paragraph(dim, "dim"),
            sheet.table((_("What the article asks for"), _("What the data show"), _("Records")), rows),
        )


def _shown(line: Held) -> Markup:
    if not line.hole:
        return Markup("{}").format(line.showing.note)
    who = _("to be supplied by {who}", who=line.element.who)
    return Markup("<b>○ {}</b><br><small>{}</small>").format(line.showing.note, who)


def _records(line: Held) -> Markup:
    records = line.showing.records
    if not records:
        return Markup("")
    first = join_words(records[:MOST_NAMED])
    more = _("and {count} more", count=len(records) - MOST_NAMED) if len(records) > MOST_NAMED else ""
    return sheet.two_lines(first, more)

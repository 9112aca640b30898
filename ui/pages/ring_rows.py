"""A ring's settlements as a table, page by page; it prints as it stands."""

from collections.abc import Callable, Sequence
from math import ceil

import streamlit as st
from markupsafe import Markup

from cases.handout.tables import GRADE_TITLES
from claims.language import N_, _, language
from claims.tables import BY_NAME
from graph.model import NodeRef, NodeType
from ui.pages import words
from ui.pages.entity_links import pick
from ui.pages.sheet import draw, table, two_lines
from ui.service.entity_faces import Face
from ui.service.ring_sheet import RingPaper
from ui.service.ring_story import RecordLine

AT_ONCE = 20
_CARE = BY_NAME["settlements"].column("med_type").codes or {}
ORDERS: dict[str, tuple[str, Callable[[RecordLine], tuple[object, ...]]]] = {
    "time": (N_("In order of time"), lambda line: (line.record.time, line.record.id)),
    "fund": (N_("Most money first"), lambda line: (-line.record.fund, line.record.id)),
    "sure": (N_("Surest first"), lambda line: (list(GRADE_TITLES).index(line.grade), line.record.time)),
    "key": (N_("Key records first"), lambda line: (not line.key_record, line.record.time)),
}


def rows(paper: RingPaper, records: Sequence[RecordLine]) -> None:
    """Draw one page of the records."""
    st.subheader(_("Records"))
    if not records:
        return
    last = ceil(len(records) / AT_ONCE)
    with st.container(horizontal=True, vertical_alignment="center", key="ring.records"):
        order = st.selectbox(
            _("Order"), list(ORDERS), format_func=lambda name: _(ORDERS[name][0]), key="ring.order", width=170,
            label_visibility="collapsed",
        )  # fmt: skip
        st.caption(_("{count} of {total} records", count=words.count(len(records)),
                     total=words.count(len(paper.ring.picture.records))), width="content")  # fmt: skip
        page = 1
        if last > 1:
            # Its key names what is paged: other members or another order begin at the first page.
            page = st.pagination(last, max_visible_pages=5, key=f"ring.page.{paper.ring.id}.{order}.{last}")
    ordered = sorted(records, key=ORDERS[order][1])
    heads = _("time"), _("insured person"), _("institution, till, doctor"), _("fund (yuan)"), _("how sure")
    shown = ordered[(page - 1) * AT_ONCE : page * AT_ONCE]
    draw(table(heads, (_row(paper, line) for line in shown), {3}))
    people = (Face(NodeRef(NodeType.PERSON, line.person), line.name) for line in shown)
    places = (Face(NodeRef(NodeType.INSTITUTION, line.record.place), line.place) for line in shown)
    pick(list(dict.fromkeys((*people, *places))), _("Open somebody or something of this page"), "ring.pick")


def _row(paper: RingPaper, line: RecordLine) -> tuple[Markup, ...]:
    record, number = line.record, paper.printed(NodeType.PERSON, line.person)
    till = line.terminal.rpartition("/")[2]
    care = _CARE.get(record.med_type, (record.med_type, record.med_type))[language() != "zh_CN"]
    whole = _("of {total}", total=f"{record.total:,.2f}")
    grade = Markup('<span class="rh-w rh-{}">{}</span>').format(line.grade.value, _(GRADE_TITLES[line.grade]))
    return (
        Markup('<span class="rh-w">{}</span>').format(two_lines(f"{record.time:%Y-%m-%d %H:%M:%S}", record.id)),
        two_lines(line.name or number, " · ".join(filter(None, (line.name and number, line.card)))),
        two_lines(line.place, " · ".join(filter(None, (care, till, line.doctor)))),
        two_lines(f"{record.fund:,.2f}", whole),
        two_lines(grade, _("key record") if line.key_record else ""),
    )

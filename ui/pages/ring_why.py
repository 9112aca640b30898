"""Why a ring is suspicious: statement, chance test, innocent explanations, score, what it rests on, roles, life."""

from itertools import chain

import streamlit as st
from markupsafe import Markup

from cases.history import EVENT_TITLES
from cases.kinds import kind_title, trial_title
from claims.language import _, join_words
from detectors.finding import ROLE_TITLES, Finding
from graph.model import NodeType
from graph.titles import node_title
from ui.pages import words
from ui.pages.ring_money import money
from ui.pages.sheet import bar, draw, lines, paragraph, table, two_lines
from ui.rings_text import called, number, odds
from ui.service.ring_sheet import RingPaper
from ui.service.ring_trials import Result, Tried

MOST_LINES = 6  # lines of evidence of one finding
MOST_TRIALS = 5  # explanations that stand without opening the rest
MOST_MEMBERS = 12  # roles that stand without opening the rest
MOST_RECORDS = 8
LAST_SIGN = 20
# Those who decide something first; cards, tills and handles follow whom they belong to.
_FIRST = (NodeType.PERSON, NodeType.DOCTOR, NodeType.INSTITUTION)
_ORDER = (*_FIRST, *(type_ for type_ in NodeType if type_ not in _FIRST))


def why(paper: RingPaper) -> None:
    """Draw the panel."""
    _statement(paper)
    _chance(paper)
    _innocence(paper)
    money(paper.ring.picture.exposure)
    _score(paper)
    _keys(paper)
    _roles(paper)
    _life(paper)


def _statement(paper: RingPaper) -> None:
    st.subheader(_("Why it stands out"))
    first, *others = paper.findings
    draw(paragraph(words.sentence(paper.sheet.statement), "lead"), *_evidence(first))
    if others:
        with st.expander(_("Further findings ({count})", count=len(others))):
            for number, finding in enumerate(others, 2):
                draw(paragraph(f"{sign(number)} {words.sentence(finding.statement)}"), *_evidence(finding))


def _evidence(finding: Finding) -> list[Markup]:
    pieces = [lines(words.sentence(line.statement) for line in finding.evidence[:MOST_LINES])]
    if len(finding.evidence) > MOST_LINES:
        pieces.append(paragraph(_("… and {count} more", count=len(finding.evidence) - MOST_LINES), "dim"))
    return pieces


def _chance(paper: RingPaper) -> None:
    st.subheader(
        _("Could it be chance?"),
        help=_(
            "The null model says what would be seen if nobody agreed with anybody. The odds are already corrected "
            "for everything that was searched."
        ),
    )
    draw(*_test(paper.findings[0]))
    if len(paper.findings) > 1:
        with st.expander(_("Further tests ({count})", count=len(paper.findings) - 1)):
            draw(*chain.from_iterable(_test(finding) for finding in paper.findings[1:]))


def _test(finding: Finding) -> list[Markup]:
    chance = finding.chance
    most = max(chance.observed, chance.expected, 1e-12)
    rows = (
        (_("observed"), bar(chance.observed / most, number(chance.observed))),
        (_("expected by chance"), bar(chance.expected / most, number(chance.expected))),
    )
    told = _(
        "If it were chance, as much or more would come up in {odds} such searches (all {count} {what} counted).",
        odds=odds(chance.p_value),
        count=words.count(finding.denominator),
        what=words.sentence(finding.denominator_of),
    )
    null = _("What chance means here: {null}", null=words.sentence(chance.null))
    heads = kind_title(finding.kind), words.sentence(chance.statistic)
    return [table(heads, rows), paragraph(told), paragraph(null, "dim")]


def _innocence(paper: RingPaper) -> None:
    st.subheader(_("Innocent explanations tried"))
    tried = paper.tried
    if not tried:
        draw(paragraph(_("No innocent explanation applies to this kind."), "dim"))
        return
    several = len(paper.findings) > 1
    rows = [(_tried(one, several=several), bar(one.explains, words.share(one.explains))) for one in tried]
    heads = _("explanation tried"), _("accounts for")
    draw(table(heads, rows[:MOST_TRIALS]), *_before_and_after(paper))
    if len(rows) > MOST_TRIALS:
        with st.expander(_("… and {count} more", count=len(rows) - MOST_TRIALS)):
            draw(table(heads, rows[MOST_TRIALS:]))


def _before_and_after(paper: RingPaper) -> list[Markup]:
    spoken = paper.findings[0]
    told = [
        _(
            "Score before innocent explanations {before}, after {after}.",
            before=f"{spoken.strength:.3f}", after=f"{spoken.score:.3f}",
        )
    ]  # fmt: skip
    if len(paper.findings) > 1:
        others = join_words(map(sign, range(2, len(paper.findings) + 1)))
        legend = _("{first} is the finding above, {others} those that say more; the bar is the largest share.",
                   first=sign(1), others=others)  # fmt: skip
        told.append(legend)
    return [paragraph(sentence, "dim") for sentence in told]


def _tried(one: Tried, *, several: bool) -> Markup:
    """The explanation, and what it came to in each finding; what several findings say alike stands once."""
    told = Markup("<br>").join(_result(one, result, several=several) for result in one.results)
    return two_lines(trial_title(one.test), told)


def _result(one: Tried, result: Result, *, several: bool) -> str:
    numbers = f"{''.join(map(sign, result.findings))} " if several else ""
    share = f" ({words.share(result.explains)})" if result.explains != one.explains else ""
    return f"{numbers}{words.sentence(result.says)}{share}"


def sign(number: int) -> str:
    """Number of a finding in a circle, as long as there are such signs."""
    return chr(ord("①") + number - 1) if number <= LAST_SIGN else f"({number})"


def _score(paper: RingPaper) -> None:
    st.subheader(
        _("How the score is made"),
        help=_("The additions are summed; the sum is turned into a score from 0 to 1. A score is no verdict."),
    )
    rows = [(two_lines(_(part.title), _(part.why)), f"{part.value:.2f}", f"{part.adds:+.2f}") for part in paper.parts]
    rows.append((Markup("<b>{}</b>").format(_("score")), "", Markup("<b>{}</b>").format(f"{paper.row.score:.3f}")))
    draw(table((_("reason"), _("value"), _("adds")), rows, {1, 2}))


def _keys(paper: RingPaper) -> None:
    st.subheader(_("What it rests on"))
    keys, picture = paper.ring.picture.keys, paper.ring.picture
    if not keys.records:
        draw(paragraph(_("It is not above the line; no record keeps it there."), "dim"))
        return
    told = [
        _(
            "{count} of {total} records keep it above the line: {records}",
            count=len(keys.records), total=len(picture.records), records=_some(keys.records),
        )
    ]  # fmt: skip
    if keys.breaking_records:
        told.append(_("Any one of these records alone breaks it: {records}", records=_some(keys.breaking_records)))
    people = [called(line) for key in keys.breaking_members if (line := paper.sheet.shown(key))]
    if people:
        told.append(_("It breaks without the records of: {people}", people=_some(people)))
    if not keys.breaking_records and not people:
        told.append(_("No single record and no single person breaks it."))
    draw(lines(told))


def _some(texts: tuple[str, ...] | list[str]) -> str:
    shown = join_words(texts[:MOST_RECORDS])
    left = len(texts) - MOST_RECORDS
    return f"{shown} {_('… and {count} more', count=left)}" if left > 0 else shown


def _roles(paper: RingPaper) -> None:
    st.subheader(_("Roles (proposals, to be checked)"))
    rows = [
        (
            two_lines(called(member), node_title(member.type)),
            two_lines(_(ROLE_TITLES[member.role]), words.sentence(member.reason)),
        )
        for member in sorted(paper.sheet.members, key=lambda member: _ORDER.index(member.type))
    ]
    heads = _("who"), _("role and why")
    draw(table(heads, rows[:MOST_MEMBERS]))
    if len(rows) > MOST_MEMBERS:
        with st.expander(_("… and {count} more", count=len(rows) - MOST_MEMBERS)):
            draw(table(heads, rows[MOST_MEMBERS:]))


def _life(paper: RingPaper) -> None:
    st.subheader(_("What happened to it"))
    rows = [
        (
            words.short(happening.at.date() if happening.at else None),
            happening.event.run,
            two_lines(_(EVENT_TITLES[happening.event.kind]), words.sentence(happening.event.words)),
        )
        for happening in reversed(paper.life)
    ]
    draw(table((_("day"), _("run"), _("event")), rows))
    if paper.decision:
        until = _(" until {day}", day=paper.decision.until) if paper.decision.until else ""
        words_ = _(
            "Decided by {owner}{until}: {reason}",
            owner=paper.decision.owner, until=until, reason=paper.decision.reason,
        )  # fmt: skip
        draw(paragraph(words_))

"""The list of rings: the SQL answers as plain Python does, and questions survive their address."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.errors import NotFoundError
from tests.ui.app.conftest import Visitor
from tests.ui.app.world import NOW, previews, ring_table
from ui.auth.errors import NoRightError
from ui.auth.roles import Role
from ui.service.house import House
from ui.service.ring_query import Group, Ranking, RingQuery, from_url, to_url
from ui.service.rings import RingRow, RingService

ALL = frozenset("*")
ORDERS: dict[Ranking, Callable[[RingRow], tuple[object, ...]]] = {
    Ranking.SUSPICION: lambda row: (-row.score, -row.fund, row.id),
    Ranking.MONEY: lambda row: (-row.fund, -row.score, row.id),
    Ranking.CHANGED: lambda row: (-row.changed_at.timestamp(), -row.score, row.id),
    Ranking.NEWEST: lambda row: (-(row.first_seen or date.min).toordinal(), -row.score, row.id),
    Ranking.DUE: lambda row: ((row.due or date.max).isoformat(), -row.score, row.id),
}


def plainly(query: RingQuery, rings: Sequence[tuple[Group, RingRow]]) -> list[RingRow]:
    """The whole answer, by reading the question sentence by sentence."""
    found = [row for group, row in rings if group is query.group]
    found = [row for row in found if any(r == "*" or row.region.startswith(r) for r in query.regions)]
    found = [row for row in found if row.id not in query.without]
    found = [row for row in found if not query.families or row.family in query.families]
    found = [row for row in found if not query.statuses or row.status in query.statuses]
    found = [row for row in found if query.place in ("", row.place) and query.owner in ("", row.owner)]
    found = [row for row in found if row.score >= query.score and row.fund >= query.fund]
    if query.text:
        whole = query.text.isdigit()
        found = [row for row in found if (row.number == int(query.text) if whole else query.text in row.place_name)]
    if query.first_seen:
        found = [row for row in found if row.first_seen and row.first_seen >= query.first_seen]
    if query.changed_since:
        found = [row for row in found if row.changed_at >= query.changed_since]
    return sorted(found, key=ORDERS[query.ranking])


def some_query(random: Random) -> RingQuery:
    return RingQuery(
        group=random.choice(list(Group)),
        ranking=random.choice(list(Ranking)),
        families=tuple(random.sample(("collusion", "shared_card", "identity_reuse"), random.randint(0, 2))),
        statuses=tuple(random.sample(("new", "open", "changed"), random.randint(0, 2))),
        place=random.choice(("", "", "P450100007")),
        text=random.choice(("", "", "第7", "17", "100%", "_")),
        owner=random.choice(("", "", "wang")),
        score=random.choice((0.0, 0.5, 0.9)),
        fund=random.choice((0, 100_000)),
        first_seen=random.choice((None, NOW.date() - timedelta(days=60))),
        changed_since=random.choice((None, NOW - timedelta(hours=300))),
        page=random.randint(1, 3),
        size=random.choice((25, 50)),
        regions=random.choice((ALL, ALL, frozenset({"4501"}), frozenset({"450221", "450103"}), frozenset())),
        without=frozenset(random.sample([f"R{number:06}" for number in range(1, 400)], random.choice((0, 0, 100)))),
    )


@pytest.mark.parametrize("seed", range(4))
def test_pages_are_what_plain_reading_gives(tmp_path: Path, seed: int) -> None:
    table = ring_table(tmp_path / "rings.db", 400)
    rings = [(group, preview.row) for group, preview in previews(400)]
    random = Random(seed)
    for _ in range(60):
        query = some_query(random)
        expected = plainly(query, rings)
        page = table.page(query)
        assert page.total == len(expected)
        assert list(page.rows) == expected[(query.page - 1) * query.size :][: query.size]
    table.engine.dispose()


def test_a_preview_comes_back_whole(tmp_path: Path) -> None:
    table = ring_table(tmp_path / "rings.db", 20)
    for _group, preview in previews(20):
        assert table.preview(preview.row.id) == preview
    assert table.preview("none") is None
    table.engine.dispose()


def test_assigning_says_how_many_changed_hands(tmp_path: Path) -> None:
    table = ring_table(tmp_path / "rings.db", 20)
    day = date(2026, 12, 1)
    assert table.assign(["R000001", "R000002", "none"], "li", day, "t") == 2
    assert table.assign(["R000001", "R000002"], "li", day, "t") == 0
    assert table.assign(["R000001"], "li", None, "t") == 1
    assert table.page(RingQuery(owner="li", regions=ALL)).total == len(
        [g for g, p in previews(20) if p.row.id in ("R000001", "R000002") and g is Group.OPEN]
    )
    table.engine.dispose()


@given(st.integers(0, 2**32))
def test_a_question_survives_its_address(seed: int) -> None:
    query = replace(some_query(Random(seed)), regions=frozenset(), without=frozenset(), size=50)
    query = replace(query, families=tuple(sorted(query.families)), statuses=tuple(sorted(query.statuses)))
    assert from_url(to_url(query)) == query


NAMED = ("score", "fund", "group", "size", "changed_since", "first_seen", "regions", "without", "families")


@given(st.dictionaries(st.sampled_from([*to_url(replace(RingQuery(), page=2)), *NAMED]), st.text()))
def test_no_address_breaks_the_page_or_widens_the_regions(given_url: dict[str, str]) -> None:
    query = from_url(given_url)
    assert query.page >= 1
    assert 0.0 <= query.score <= 1.0
    assert query.fund >= 0
    assert query.regions == query.without == frozenset()
    assert from_url(to_url(query)) == query


def test_the_plain_question_has_the_plain_address() -> None:
    assert to_url(RingQuery()) == {}
    assert not RingQuery().filtered
    assert RingQuery(changed_since=datetime(2026, 1, 1)).filtered


def no_reader(_name: str) -> frozenset[str]:
    return frozenset()


def test_what_one_reads_again_is_not_told_by_the_list(full: House, visit: Callable[[House, str], Visitor]) -> None:
    group, row = next((group, p.row) for group, p in previews(300) if p.row.status == "changed")
    query = RingQuery(group=group, text=row.id)
    rings = RingService(visit(full, "wang").gate, full.rings, no_reader)
    assert [one.id for one in rings.page(query).rows] == [row.id]
    blind = replace(rings, unread=lambda name: frozenset({row.id} if name == "wang" else ()))
    assert blind.page(query).total == 0
    shown = blind.preview(row.id).row
    assert (shown.status, shown.change.en, shown.score) == ("in_review", "", row.score)
    other = replace(blind, gate=visit(full, "li").gate)
    assert (other.page(query).total, other.preview(row.id).row.status) == (1, row.status)


def test_the_service_guards_what_it_gives_away(full: House, visit: Callable[[House, str], Visitor]) -> None:
    investigator = RingService(visit(full, "wang").gate, full.rings, no_reader)
    with pytest.raises(NoRightError):
        investigator.assign(["R000001"], "li", None)
    full.accounts.set_rights("li", {Role.LEAD}, {"450221"}, by="t")
    lead = RingService(visit(full, "li").gate, full.rings, no_reader)
    inside = next(p.row for _g, p in previews(300) if p.row.region == "450221")
    outside = next(p.row for _g, p in previews(300) if p.row.region != "450221")
    assert lead.assign([inside.id], "wang", date(2026, 12, 24)) == 1
    for call in (lambda: lead.assign([inside.id, outside.id], "wang", None), lambda: lead.preview(outside.id)):
        with pytest.raises(NotFoundError, match="There is no ring"):
            call()

"""Lines of the list as rows of its two tables, and back."""

import json
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa

from detectors.finding import Statement
from graph.model import NodeType
from ui.service.ring_query import Group
from ui.service.rings import Dot, Preview, RingRow

FEN = 100


def values_of(group: Group, preview: Preview) -> dict[str, object]:
    """Return the columns of both tables."""
    row = asdict(preview.row)
    change, trend = row.pop("change"), row.pop("trend")
    picture = {
        "zh": preview.statement.zh,
        "en": preview.statement.en,
        "dots": [[dot.type.value, dot.weight] for dot in preview.dots],
        "ties": preview.ties,
        "members": {type_.value: count for type_, count in preview.members.items()},
    }
    return row | {
        "grp": group.value,
        "fund": int(preview.row.fund * FEN),
        "first_seen": spelled_day(preview.row.first_seen),
        "changed_at": preview.row.changed_at.isoformat(timespec="seconds"),
        "change_zh": change["zh"],
        "change_en": change["en"],
        "due": spelled_day(preview.row.due),
        "trend": json.dumps(trend),
        "preview": json.dumps(picture, ensure_ascii=False),
    }


def row_of(row: sa.Row[tuple[object, ...]]) -> RingRow:
    """Read a line."""
    return RingRow(
        id=row.id,
        number=row.number,
        family=row.family,
        kind=row.kind,
        status=row.status,
        score=row.score,
        fund=Decimal(row.fund) / FEN,
        people=row.people,
        place=row.place,
        place_name=row.place_name,
        region=row.region,
        first_seen=date.fromisoformat(row.first_seen) if row.first_seen else None,
        changed_at=datetime.fromisoformat(row.changed_at),
        change=Statement(row.change_zh, row.change_en),
        owner=row.owner,
        due=date.fromisoformat(row.due) if row.due else None,
        trend=tuple(json.loads(row.trend)),
    )


def preview_of(row: sa.Row[tuple[object, ...]]) -> Preview:
    """Read a line with its picture."""
    found = json.loads(row.preview)
    return Preview(
        row=row_of(row),
        statement=Statement(found["zh"], found["en"]),
        dots=tuple(Dot(NodeType(type_), weight) for type_, weight in found["dots"]),
        ties=tuple((a, b) for a, b in found["ties"]),
        members={NodeType(type_): count for type_, count in found["members"].items()},
    )


def spelled_day(day: date | None) -> str | None:
    """Write a day so that text sorts as time does."""
    return day.isoformat() if day else None

r"""The Cypher script: literals that cannot be left, read back by a parser of its own.

Neo4j turns `\uXXXX` into characters before it looks for the end of a string, other readers after;
the literals must mean the same to both.
"""

import re
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.exports import About
from graph.exports.cypher import Cypher, label_of, literal, text_literal
from graph.model import EDGE_KINDS, NodeType
from tests.graph.exports_world import HOSTILE, hostile, small

ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "'": "'", '"': '"', "\\": "\\"}
TEXTS = st.one_of(
    st.text(max_size=40),
    st.lists(st.sampled_from(["\\", "'", "u", "0027", "\n", "\u0000", "+", " ", '"', "`", ";", "//", "\u2028"])).map(
        "".join
    ),
)


def unicode_first(source: str) -> str:
    """What Neo4j's reader does before the lexer: every backslash-u and four digits is a character."""
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match.group(1), 16)), source)


def read(source: str) -> tuple[str, str]:
    """Read a string expression (literals joined by +) and return its value and what follows it."""
    value = ""
    while True:
        assert source[0] == "'", source
        position = 1
        while source[position] != "'":
            if source[position] != "\\":
                value += source[position]
                position += 1
            elif source[position + 1] == "u":
                value += chr(int(source[position + 2 : position + 6], 16))
                position += 6
            else:
                value += ESCAPES[source[position + 1]]
                position += 2
        rest = source[position + 1 :]
        if not rest.startswith(" + "):
            return value, rest
        source = rest[3:]


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_a_literal_means_its_text_to_both_kinds_of_reader(text: str) -> None:
    source = text_literal(text) + "}"
    assert read(source) == (text, "}")
    assert read(unicode_first(source)) == (text, "}")
    assert "\n" not in source
    assert "\r" not in source


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_inside(text: str) -> None:
    storable = text.encode("utf-8", "replace").decode()
    assert read(unicode_first(text_literal(text)) + ",") == (storable, ",")


def test_values_are_typed() -> None:
    assert [literal(value) for value in (None, True, 3, -1.5, float("nan"))] == ["null", "true", "3", "-1.5", "null"]
    assert literal(datetime(2026, 1, 5, 9, 0)) == "localdatetime('2026-01-05T09:00:00')"


def test_names_come_from_our_declarations() -> None:
    assert label_of(NodeType.DRUG_BOX) == "DrugBox"
    names = [label_of(type_) for type_ in NodeType] + [kind.type for kind in EDGE_KINDS]
    assert all(re.fullmatch(r"[A-Za-z_]+", name) for name in names)


def test_every_write_is_a_merge() -> None:
    script = Cypher().render(small(), About())[""].decode()
    statements = [statement.strip() for statement in script.split(";\n") if statement.strip()]
    assert sum("CREATE CONSTRAINT" in statement and "IF NOT EXISTS" in statement for statement in statements) == 4
    assert not [s for s in statements if "CREATE " in s and "CREATE CONSTRAINT" not in s]
    assert sum("MERGE" in statement for statement in statements) == 8
    assert "{source: 'P1', target: '0001', properties: {count: 3, fund: 12050, first: localdatetime(" in script


def test_hostile_text_adds_no_statement() -> None:
    script = unicode_first(Cypher().render(hostile(), About())[""].decode())
    outside = re.sub(r"'(?:[^'\\]|\\.)*'", "''", script)
    assert "DELETE" not in outside
    assert len(re.findall(r";\n", outside)) == len(re.findall(r";", outside)) == 5

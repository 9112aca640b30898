"""Edges that the registers state: who holds, works, lives, is employed and is related where."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from graph.building.keys import account, day, filled, phone

_SHORTEST_ADDRESS = 4  # characters; shorter ones ("无", "本村") name no place

_CONTACTS = f"""
    {filled("tel")} AS tel, {phone("tel")} AS phone, {filled("bankacct")} AS bankacct, {account("bankacct")} AS account
"""
_AT_HOME = "nullif(addr, '') AS addr, address"
_LOOKED_UP = "LEFT JOIN address_keys ON address_keys.stated = addr"

# The registers, with telephones, addresses and accounts beside the keys they are.
_KEYED: Mapping[str, str] = MappingProxyType(
    {
        "keyed_insured": f"""
            SELECT psn_no, {filled("emp_no")} AS employer, {_CONTACTS}, {_AT_HOME} FROM insured {_LOOKED_UP}
        """,  # noqa: S608 - expressions of our own
        "keyed_institutions": f"""
            SELECT fixmedins_code, {_CONTACTS}, {_AT_HOME} FROM institutions {_LOOKED_UP}
        """,  # noqa: S608 - expressions of our own
        "keyed_practitioners": f"SELECT dr_code, {_CONTACTS} FROM practitioners",  # noqa: S608 - our own
    }
)

_RELATION = {
    "rel_type": "string_agg(DISTINCT rel_type, ',' ORDER BY rel_type)",
    # Open where any of the registrations is.
    "begndate": f"CASE WHEN bool_and(begndate IS NOT NULL) THEN {day('min(begndate)')} END",
    "enddate": f"CASE WHEN bool_and(enddate IS NOT NULL) THEN {day('max(enddate)')} END",
}


@dataclass(frozen=True)
class Fact:
    """An edge kind read from a register: its ends, the column its target was made from, attributes."""

    table: str
    source: str
    target: str
    stated: str
    attributes: Mapping[str, str] = field(default_factory=dict)

    def rows(self) -> str:
        """One row per edge: several statements of one fact are one edge."""
        extra = "".join(f", {expression} AS {name}" for name, expression in self.attributes.items())
        return f"""
            SELECT {self.source} AS source, {self.target} AS target{extra} FROM {self.table}
            WHERE {self.source} IS NOT NULL AND {self.target} IS NOT NULL GROUP BY ALL
        """  # noqa: S608 - declarations of our own

    def left_out(self) -> str:
        """Count the statements that are no edge, because what is stated is no key."""
        return f"SELECT count(*) FROM {self.table} WHERE {self.stated} IS NOT NULL AND {self.target} IS NULL"  # noqa: S608


FACTS: Mapping[str, Fact] = MappingProxyType(
    {
        "HOLDS.person.card": Fact("cards", "psn_no", "card_no", "card_no"),
        "WORKS_AT.doctor.institution": Fact(
            "practitioners",
            "dr_code",
            "fixmedins_code",
            "fixmedins_code",
            {"dept_codg": "min(dept_codg)", "prac_type": "min(prac_type)"},
        ),
        "EMPLOYED_BY.person.employer": Fact("keyed_insured", "psn_no", "employer", "employer"),
        "HAS_PHONE.person.phone": Fact("keyed_insured", "psn_no", "phone", "tel"),
        "HAS_PHONE.doctor.phone": Fact("keyed_practitioners", "dr_code", "phone", "tel"),
        "HAS_PHONE.institution.phone": Fact("keyed_institutions", "fixmedins_code", "phone", "tel"),
        "HAS_ADDRESS.person.address": Fact("keyed_insured", "psn_no", "address", "addr"),
        "HAS_ADDRESS.institution.address": Fact("keyed_institutions", "fixmedins_code", "address", "addr"),
        "HAS_ACCOUNT.person.account": Fact("keyed_insured", "psn_no", "account", "bankacct"),
        "HAS_ACCOUNT.doctor.account": Fact("keyed_practitioners", "dr_code", "account", "bankacct"),
        "HAS_ACCOUNT.institution.account": Fact("keyed_institutions", "fixmedins_code", "account", "bankacct"),
        "RELATED.person.person": Fact("relations", "psn_no", "nullif(rel_psn_no, psn_no)", "rel_psn_no", _RELATION),
    }
)


def prepare(db: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that `FACTS` read besides the registers themselves."""
    stated = db.sql("SELECT addr FROM insured UNION SELECT addr FROM institutions").to_arrow_table()["addr"]
    db.from_arrow(_address_keys(stated.drop_null())).to_table("address_keys")
    for name, query in _KEYED.items():
        db.execute(f"CREATE TABLE {name} AS {query}")


def _address_keys(stated: pa.ChunkedArray) -> pa.Table:
    """Return each address as stated with its key: NFKC without white space; NULL where it names no place."""
    keys = pc.replace_substring_regex(pc.utf8_normalize(stated, form="NFKC"), r"[\s\p{Z}]+", "")
    known = pc.greater_equal(pc.utf8_length(keys), _SHORTEST_ADDRESS)
    return pa.table({"stated": stated, "address": pc.if_else(known, keys, None)})

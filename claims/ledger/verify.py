"""Checking a whole ledger: every leaf, the tree, every head, the keys, and the heads that witnesses hold."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

import sqlalchemy as sa

from claims.language import N_, translate
from claims.ledger import schema
from claims.ledger.canonical import canonical
from claims.ledger.heads import Head
from claims.ledger.keychain import Keychain
from claims.ledger.leaves import Entry, Kind, entry_of
from claims.ledger.rows import differences, marks_in, tables_in
from claims.ledger.schema import heads, leaves, nodes
from claims.ledger.tree import ALGORITHMS, Hasher

ROW_WORDS = {
    "changed": N_("Row {row} of {table} was changed after the ledger recorded it."),
    "unrecorded": N_("Row {row} of {table} is not in the ledger: it was put in around it."),
    "missing": N_("Row {row} of {table}, which the ledger records, was removed."),
}


@dataclass(frozen=True)
class Problem:
    """One thing that does not hold, as a sentence with its place."""

    message: str
    values: Mapping[str, object]

    def __str__(self) -> str:
        return translate(self.message, **self.values)


@dataclass(frozen=True)
class Report:
    """What a check looked at, and what it found."""

    size: int
    heads: int
    witnesses: int
    problems: tuple[Problem, ...]
    signed: bool  # whether a key signs what is written


@dataclass
class _Check:
    """One pass over the ledger, oldest leaf first."""

    connection: sa.Connection
    witnesses: Sequence[Head]
    trusted: Collection[str]
    problems: list[Problem] = field(default_factory=list)
    peaks: list[tuple[int, bytes]] = field(default_factory=list)  # level and hash of complete subtrees, left to right
    kept: dict[tuple[int, int], str] = field(default_factory=dict)
    roots: dict[int, str] = field(default_factory=dict)
    rows: dict[tuple[str, str], str] = field(default_factory=dict)
    tables: set[str] = field(default_factory=set)  # what the ledger says it vouches for
    hasher: Hasher = field(default_factory=Hasher)
    keys: Keychain = field(default_factory=Keychain)
    size: int = 0

    def say(self, message: str, **values: object) -> None:
        self.problems.append(Problem(message, values))

    def run(self) -> Report:
        """Look at everything."""
        found = list(self._heads())
        wanted = {head.size for head in (*found, *self.witnesses)}
        query = sa.select(nodes.c.level, nodes.c.position, nodes.c.hash)
        self.kept = {(level, position): hash_ for level, position, hash_ in self.connection.execute(query)}
        for row in self.connection.execute(sa.select(leaves).order_by(leaves.c.number)):
            self._leaf(row)
            if self.size in wanted:
                self.roots[self.size] = self._root()
        for level, position in sorted(self.kept):
            self.say(N_("A hash at level {level}, place {place} belongs to no entries."), level=level, place=position)
        for problem in self.keys.problems(self.trusted):
            self.say(problem[0], **problem[1])
        self._check_heads(found)
        for witness in self.witnesses:
            self._witness(witness)
        for mirror, key, word in differences(self.connection, self.rows, self.tables):
            self.say(ROW_WORDS[word], row=key, table=mirror.table)
        for name in schema.unguarded(self.connection):
            self.say(N_("The guard {name} that refuses changes of the ledger is gone."), name=name)
        return Report(self.size, len(found), len(self.witnesses), tuple(self.problems), bool(self.keys.keys))

    def _heads(self) -> Iterator[Head]:
        for row in self.connection.execute(sa.select(heads).order_by(heads.c.size)):
            yield Head(**row._mapping)

    def _leaf(self, row: sa.Row[*tuple[object, ...]]) -> None:
        number = row._mapping["number"]
        if number != self.size:
            self.say(N_("Before entry {index} entries are missing (from {first} on)."), index=number, first=self.size)
        try:
            entry = entry_of(row)
            clean = canonical(entry.leaf.body) == row._mapping["body"] and isinstance(entry.leaf.body, dict)
        except (ValueError, TypeError, RecursionError):
            self.say(N_("Entry {index} does not read."), index=number)
            self._grow(b"")
            return
        if self.size == 0:
            self._begin(entry)
        digest = self.hasher.leaf(entry.leaf.content())
        if not clean or digest.hex() != entry.hash:
            message = N_("Entry {index} ({kind} {subject}, {actor}) was changed: it does not fit its hash.")
            leaf = entry.leaf
            self.say(message, index=number, kind=leaf.kind, subject=leaf.subject, actor=leaf.actor)
        self._remember(entry)
        self._grow(digest)

    def _begin(self, entry: Entry) -> None:
        algorithm = entry.leaf.body.get("algorithm")
        if entry.leaf.kind != Kind.LEDGER.value or algorithm not in ALGORITHMS:
            self.say(N_("The first entry does not begin a ledger."))
            return
        self.hasher = Hasher(str(algorithm))
        self.keys = Keychain(str(entry.leaf.body.get("id")))

    def _remember(self, entry: Entry) -> None:
        if entry.leaf.kind == Kind.KEY.value:
            self.keys.add(entry)
        body = entry.leaf.body
        self.tables |= tables_in(entry.leaf)
        for said in (body, *marks_in(body)):
            if "table" in said and "row" in said:
                self.rows[str(said["table"]), str(said["row"])] = str(said.get("digest"))

    def _grow(self, digest: bytes) -> None:
        level, position = 0, self.size
        while self.peaks and self.peaks[-1][0] == level:
            digest = self.hasher.node(self.peaks.pop()[1], digest)
            level, position = level + 1, position >> 1
            if self.kept.pop((level, position), "") != digest.hex():
                first, last = position << level, (position + 1 << level) - 1
                message = N_("The hash over entries {first} to {last} does not fit them.")
                self.say(message, first=first, last=last)
        self.peaks.append((level, digest))
        self.size += 1

    def _root(self) -> str:
        hashes = [hash_ for _level, hash_ in reversed(self.peaks)]
        return reduce(lambda right, left: self.hasher.node(left, right), hashes).hex()

    def _check_heads(self, found: Sequence[Head]) -> None:
        expected = self.keys.first + 1 if self.keys.keys else None
        for head in found:
            if expected is not None and head.size > expected:
                self.say(
                    N_("The signed heads of {first} to {last} entries are missing."), first=expected, last=head.size - 1
                )
            self._head(head)
            expected = head.size + 1
        self._check_roots(found)
        if expected is not None and expected <= self.size:
            self.say(N_("Entries {first} to {last} are under no signed head."), first=expected - 1, last=self.size - 1)

    def _head(self, head: Head) -> None:
        if head.size not in self.roots:
            message = N_("A signed head speaks of {head} entries, but there are {size}: the end was cut off.")
            self.say(message, head=head.size, size=self.size)
        if head.algorithm != self.hasher.algorithm or not self.keys.signed(head):
            self.say(N_("The head of {size} entries is not signed by the key then in force."), size=head.size)

    def _check_roots(self, found: Sequence[Head]) -> None:
        """Say what was changed since it was signed: the entries after the last head that fits, or a head alone."""
        fits = {head.size: self.roots[head.size] == head.root for head in found if head.size in self.roots}
        good = max((size for size, fit in fits.items() if fit), default=0)
        bad = [size for size, fit in fits.items() if not fit]
        for size in (size for size in bad if size < good):
            self.say(N_("The signed head of {size} entries was changed."), size=size)
        for size in [size for size in bad if size > good][:1]:
            message = N_("Among entries {first} to {last} one was changed, removed or put in after they were signed.")
            self.say(message, first=good, last=size - 1)

    def _witness(self, head: Head) -> None:
        if not self.keys.signed(head):
            self.say(N_("The witnessed head of {size} entries is not signed by a key of this ledger."), size=head.size)
        if head.size > self.size or head.size not in self.roots:
            message = N_(
                "A witness saw {head} entries, but there are {size}: an older copy was put back, or the end cut off."
            )
            self.say(message, head=head.size, size=self.size)
        elif self.roots[head.size] != head.root:
            message = N_("Among the first {size} entries something was changed since a witness saw them on {at}.")
            self.say(message, size=head.size, at=head.at)


def verify(connection: sa.Connection, witnesses: Sequence[Head] = (), trusted: Collection[str] = ()) -> Report:
    """Check the whole ledger against itself, the rows it vouches for and the heads `witnesses` hold.

    `trusted` names keys that were entered without the signature of the one before, after a loss.
    """
    missing = [table.name for table in (leaves, nodes, heads) if not sa.inspect(connection).has_table(table.name)]
    if missing:
        lost = len(missing) < len(schema.metadata.tables) or bool(witnesses)
        problem = Problem(N_("The table {name} of the ledger is missing."), {"name": missing[0]})
        return Report(0, 0, len(witnesses), (problem,) if lost else (), False)
    check = _Check(connection, witnesses, trusted)
    try:
        return check.run()
    except (sa.exc.DBAPIError, json.JSONDecodeError) as error:
        reason = (str(getattr(error, "orig", error)).splitlines() or [""])[0]
        check.say(N_("The ledger cannot be read after entry {index} ({reason})."), index=check.size - 1, reason=reason)
        return Report(check.size, 0, len(witnesses), tuple(check.problems), bool(check.keys.keys))

"""What people write on cases: comments that mention others, who watches, tasks and their templates."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

import sqlalchemy as sa

from cases.people import Actor
from cases.schema import reading
from cases.work.blind import hidden_from
from cases.work.book import CaseBook
from cases.work.journal import Desk
from cases.work.model import CaseError, CaseFile
from cases.work.rights import Right, need
from cases.work.rows import day, moment, within
from cases.work.tables import case_comments, case_mentions, case_tasks, case_watchers, cases
from claims.errors import NotFoundError
from claims.language import N_

LONGEST = 4_000  # characters of a comment
_MENTION = re.compile(r"(?<![\w@])@([a-z0-9][a-z0-9._-]{1,62})")  # names as accounts spell them

# What there is to do, by family of the case; titles are sentences of the catalogue.
TEMPLATES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "shared_card": (
            N_("Ask the card holder when and by whom the card was used"),
            N_("Obtain the camera or terminal records of the days in question"),
            N_("Check loss reports and lawful proxies of the card"),
        ),
        "collusion": (
            N_("Obtain prescriptions, delivery notes and stock books of the institution"),
            N_("Talk to some of the insured persons separately"),
            N_("Compare the roster with the hours of the settlements"),
        ),
        "identity_reuse": (
            N_("Compare certificates and photographs with the register of residents"),
            N_("Ask the enrolling office for the enrolment files"),
        ),
        "claims": (
            N_("Obtain the medical records of the settlements"),
            N_("Compare the bed register with the stays claimed"),
        ),
        "": (N_("Ask the institution for its statement"), N_("Check the records against their sources")),
    }
)


@dataclass(frozen=True)
class Comment:
    """What somebody wrote on a case."""

    id: int
    case: str
    at: datetime
    author: str
    text: str
    mentions: tuple[str, ...]


@dataclass(frozen=True)
class Task:
    """Something to do on a case; `done_by` is empty until somebody did it."""

    id: int
    case: str
    title: str
    due: date | None
    added_by: str
    done_by: str
    done_at: datetime | None


@dataclass(frozen=True)
class CaseNotes:
    """Comments, watchers and tasks of the cases in `book`."""

    book: CaseBook

    def comment(self, actor: Actor, case: str, text: str) -> Comment:
        """Write a comment; whoever is mentioned as @name watches the case from now on."""
        with self.book.journal.acting(actor, Right.WORK, "comment", case) as desk:
            said = text.strip()
            if not 0 < len(said) <= LONGEST:
                raise CaseError(N_("A comment has up to {most} characters."), most=LONGEST)
            mentions = tuple(dict.fromkeys(_MENTION.findall(said)))
            values = {"case_id": case, "at": desk.at.isoformat(), "author": actor.name, "text": said}
            number = desk.connection.scalar(sa.insert(case_comments).values(values).returning(case_comments.c.id))
            for name in mentions:
                desk.connection.execute(sa.insert(case_mentions).values(comment_id=number, name=name))
                _watch(desk, case, name)
            desk.note(case, "comment", "", details={"comment": int(number or 0), "mentions": list(mentions)})
            return Comment(int(number or 0), case, desk.at, actor.name, said, mentions)

    def comments(self, actor: Actor, case: str) -> tuple[Comment, ...]:
        """Return the comments on a case, oldest first; nothing while one reads it again."""
        self.book.get(actor, case)
        with reading(self.book.engine) as connection:
            if hidden_from(connection, actor.name, case):
                return ()
            return _comments(connection, case_comments.c.case_id == case)

    def mentions(self, actor: Actor) -> tuple[Comment, ...]:
        """Return where somebody was mentioned, in the regions that person sees, newest first."""
        need(actor, Right.SEE)
        mine = sa.select(case_mentions.c.comment_id).where(case_mentions.c.name == actor.name)
        seen = sa.select(cases.c.id).where(within(actor, cases.c.region))
        with reading(self.book.engine) as connection:
            found = _comments(connection, case_comments.c.id.in_(mine) & case_comments.c.case_id.in_(seen))
            return tuple(c for c in reversed(found) if not hidden_from(connection, actor.name, c.case))

    def watch(self, actor: Actor, case: str, *, on: bool = True) -> None:
        """Watch a case, or no longer."""
        with self.book.journal.acting(actor, Right.SEE, "watch", case) as desk:
            if on:
                _watch(desk, case, actor.name)
            else:
                mine = (case_watchers.c.case_id == case) & (case_watchers.c.name == actor.name)
                desk.connection.execute(sa.delete(case_watchers).where(mine))
            desk.note(case, "watch" if on else "unwatch", "")

    def watched(self, actor: Actor) -> tuple[CaseFile, ...]:
        """Return the cases somebody watches, of the regions that person sees."""
        query = sa.select(case_watchers.c.case_id).where(case_watchers.c.name == actor.name)
        with reading(self.book.engine) as connection:
            mine = set(connection.scalars(query))
        return tuple(case for case in self.book.list(actor, closed=True) if case.id in mine)

    def add_task(self, actor: Actor, case: str, title: str, due: date | None = None) -> None:
        """Add something to do."""
        with self.book.journal.acting(actor, Right.WORK, "task", case) as desk:
            said = " ".join(title.split())
            if not 0 < len(said) <= 200:
                raise CaseError(N_("A task has up to {most} characters."), most=200)
            _add_task(desk, case, said, "", due)
            desk.note(case, "task", "", details={"title": said})

    def add_template(self, actor: Actor, case: str) -> tuple[Task, ...]:
        """Add what is usually to do in a case of this family, once; returns all tasks of the case."""
        with self.book.journal.acting(actor, Right.WORK, "task", case) as desk:
            family = desk.case(case).family.split("/")[0]
            name = family if family in TEMPLATES else ""
            there = {task.title for task in _tasks(desk.connection, case)}
            for title in TEMPLATES[name]:
                if title not in there:
                    _add_task(desk, case, title, name, None)
            desk.note(case, "task", "", details={"template": name})
            return _tasks(desk.connection, case)

    def finish_task(self, actor: Actor, case: str, task: int, reason: str) -> None:
        """Say that something is done, and what came of it."""
        with self.book.journal.acting(actor, Right.WORK, "task_done", case) as desk:
            open_ = (case_tasks.c.case_id == case) & (case_tasks.c.id == task) & (case_tasks.c.done_by == "")
            done = {"done_by": actor.name, "done_at": desk.at.isoformat()}
            if not desk.connection.execute(sa.update(case_tasks).where(open_).values(done)).rowcount:
                raise NotFoundError(N_("{case} has no open task {task}."), case=case, task=task)
            desk.note(case, "task_done", reason, details={"task": task})

    def tasks(self, actor: Actor, case: str) -> tuple[Task, ...]:
        """Return the tasks of a case, in the order they were added."""
        self.book.get(actor, case)
        with reading(self.book.engine) as connection:
            return _tasks(connection, case)


def _watch(desk: Desk, case: str, name: str) -> None:
    query = sa.select(case_watchers.c.name).where(case_watchers.c.case_id == case, case_watchers.c.name == name)
    if desk.connection.scalar(query) is None:
        desk.connection.execute(sa.insert(case_watchers).values(case_id=case, name=name))


def _add_task(desk: Desk, case: str, title: str, template: str, due: date | None) -> None:
    values = {
        "case_id": case,
        "title": title,
        "template": template,
        "at": desk.at.isoformat(),
        "added_by": desk.actor.name,
        "due": due.isoformat() if due else None,
        "done_by": "",
    }
    desk.connection.execute(sa.insert(case_tasks).values(values))


def _tasks(connection: sa.Connection, case: str) -> tuple[Task, ...]:
    query = sa.select(case_tasks).where(case_tasks.c.case_id == case).order_by(case_tasks.c.id)
    return tuple(
        Task(row.id, row.case_id, row.title, day(row.due), row.added_by, row.done_by, moment(row.done_at))
        for row in connection.execute(query)
    )


def _comments(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> tuple[Comment, ...]:
    query = sa.select(case_comments).where(condition).order_by(case_comments.c.id)
    return tuple(
        Comment(row.id, row.case_id, datetime.fromisoformat(row.at), row.author, row.text,
                tuple(dict.fromkeys(_MENTION.findall(row.text))))
        for row in connection.execute(query)
    )  # fmt: skip

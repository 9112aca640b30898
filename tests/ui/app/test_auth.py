"""The door: passwords, throttling, sessions, rights; each limit from both sides."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.loaders.postgres import Server
from tests.ui.app.databases import BOTH, place_of, running
from ui.auth import passwords
from ui.auth.accounts import Accounts, NewAccount
from ui.auth.errors import AccountError, NoRightError, PasswordDueError, SignedOutError, SignInError
from ui.auth.gate import Gate
from ui.auth.journal import recent
from ui.auth.oidc import Reading, let_in, token_of
from ui.auth.roles import Action, Role, in_region
from ui.auth.schema import open_engine
from ui.auth.sessions import Limits, Sessions
from ui.auth.sign_in import PER_ACCOUNT, PER_ADDRESS, PER_PAIR, WINDOW, SignIn

SECRET = "seven quiet herons wade"


@dataclass
class Clock:
    """A clock that tests turn."""

    at: datetime = field(default_factory=lambda: datetime(2026, 11, 1, 8, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.at

    def later(self, **time: float) -> None:
        """Turn it on."""
        self.at += timedelta(**time)


@dataclass
class Door:
    """One accounts database and the clock it goes by."""

    clock: Clock
    accounts: Accounts
    sessions: Sessions
    sign_in: SignIn

    def gate(self, name: str = "wang") -> Gate:
        """A gate for a new session of `name`."""
        return Gate(self.sessions, self.sessions.open(name, "10.0.0.1"))


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    yield from running()


@pytest.fixture(params=BOTH)
def door(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    monkeypatch.setenv("RINGHOUND_LEDGER_KEY", str(tmp_path / "ledger.key"))
    found = opened(place_of(request, tmp_path))
    yield found
    found.accounts.engine.dispose()


@pytest.fixture
def on_file(tmp_path: Path) -> Door:
    return opened(tmp_path / "accounts.db")


def opened(place: Path | str) -> Door:
    """A door with two people."""
    clock = Clock()
    engine = open_engine(place)
    accounts = Accounts(engine, clock)
    sessions = Sessions(engine, Limits(timedelta(hours=12), timedelta(minutes=30)), clock)
    accounts.add(NewAccount("wang", "王敏", frozenset({Role.INVESTIGATOR}), password=SECRET, must_change=False), by="t")
    accounts.add(NewAccount("admin", "", frozenset({Role.ADMINISTRATOR}), password=SECRET, must_change=False), by="t")
    return Door(clock, accounts, sessions, SignIn(accounts, sessions, clock))


def test_the_file_is_for_its_owner_only(on_file: Door, tmp_path: Path) -> None:
    assert (tmp_path / "accounts.db").stat().st_mode & 0o077 == 0


def test_neither_password_nor_token_is_kept(on_file: Door, tmp_path: Path) -> None:
    token = on_file.sign_in.enter("wang", SECRET, "10.0.0.1")
    on_file.accounts.engine.dispose()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert SECRET.encode() not in kept
    assert token.encode() not in kept
    assert b"$argon2id$" in kept


def test_the_right_password_lets_in_in_any_case_of_the_name(door: Door) -> None:
    assert Gate(door.sessions, door.sign_in.enter(" Wang ", SECRET, "a")).signed_in().account.name == "wang"


@pytest.mark.parametrize(
    ("name", "password"), [("wang", "wrong"), ("nobody", SECRET), ("", ""), ("wang", "x" * 10_000)]
)
def test_all_failures_read_alike(door: Door, name: str, password: str) -> None:
    with pytest.raises(SignInError) as caught:
        door.sign_in.enter(name, password, "a")
    assert str(caught.value) == "Name and password do not fit."


def test_an_unknown_name_costs_a_hash_too(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Counting:
        def verify(self, kept: str, _password: str) -> bool:
            asked.append(kept)
            return True

    monkeypatch.setattr(passwords, "_hasher", Counting())
    with pytest.raises(SignInError):
        door.sign_in.enter("nobody", SECRET, "a")
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("limit", "who"),
    [
        (PER_PAIR, lambda n: ("wang", "a")),
        (PER_ADDRESS, lambda n: (f"name{n}", "a")),
        (PER_ACCOUNT, lambda n: ("wang", f"address{n}")),
    ],
    ids=["pair", "address", "account"],
)
def test_guessing_is_held_back(door: Door, limit: int, who: Callable[[int], tuple[str, str]]) -> None:
    for n in range(limit):
        with pytest.raises(SignInError, match="do not fit"):
            door.sign_in.enter(who(n)[0], "guess", who(n)[1])
    with pytest.raises(SignInError, match="Too many"):
        door.sign_in.enter("wang", SECRET, who(limit)[1])
    door.clock.later(seconds=WINDOW.total_seconds() + 1)
    assert door.sign_in.enter("wang", SECRET, who(limit)[1])


def test_one_fewer_failure_still_lets_in(door: Door) -> None:
    for _ in range(PER_PAIR - 1):
        with pytest.raises(SignInError):
            door.sign_in.enter("wang", "guess", "a")
    assert door.sign_in.enter("wang", SECRET, "a")


def test_somebody_elses_guessing_does_not_lock_me_out(door: Door) -> None:
    for _ in range(PER_PAIR):
        with pytest.raises(SignInError):
            door.sign_in.enter("wang", "guess", "attacker")
    assert door.sign_in.enter("wang", SECRET, "home")


@pytest.mark.parametrize(
    "password", ["short", "wang-wang-wang-1", "password12345678", "aaaaaaaaaaaaaaaa", "Ringhound-2026", "x" * 201]
)
def test_poor_passwords_are_refused(password: str) -> None:
    with pytest.raises(AccountError):
        passwords.checked(password, "wang")


def test_invented_passwords_pass_and_differ() -> None:
    made = {passwords.checked(passwords.invented(), "wang") for _ in range(50)}
    assert len(made) == 50


def test_a_session_ends_after_idling_and_after_its_life(door: Door) -> None:
    gate = door.gate()
    door.clock.later(minutes=29, seconds=59)
    gate.signed_in()
    door.clock.later(minutes=30)
    with pytest.raises(SignedOutError, match="run out"):
        gate.signed_in()
    busy = door.gate()
    for _ in range(35):
        door.clock.later(minutes=20)
        busy.signed_in()
    door.clock.later(minutes=20)
    with pytest.raises(SignedOutError, match="run out"):
        busy.signed_in()


def test_disabling_signing_out_and_new_passwords_end_every_session(door: Door) -> None:
    ends: tuple[Callable[[], None], ...] = (
        lambda: door.accounts.set_disabled("wang", True, by="t"),
        lambda: door.accounts.end_sessions("wang", by="t"),
        lambda: door.accounts.set_password("wang", "four brown owls hoot", by="t", must_change=False),
    )
    for end in ends:
        door.accounts.set_disabled("wang", False, by="t")
        gates = [door.gate(), door.gate()]
        end()
        for gate in gates:
            with pytest.raises(SignedOutError):
                gate.guard(Action.SEE_DESK)


def test_a_disabled_account_cannot_come_back(door: Door) -> None:
    door.accounts.set_disabled("wang", True, by="t")
    with pytest.raises(SignInError):
        door.sign_in.enter("wang", SECRET, "a")
    door.accounts.set_disabled("wang", False, by="t")
    assert door.sign_in.enter("wang", SECRET, "a")


def test_leaving_ends_one_session_only(door: Door) -> None:
    one, other = door.gate(), door.gate()
    one.leave()
    with pytest.raises(SignedOutError):
        one.signed_in()
    assert other.signed_in()


def test_denials_are_written_down(door: Door) -> None:
    with pytest.raises(NoRightError):
        door.gate().guard(Action.MANAGE_ACCOUNTS)
    event = recent(door.accounts.engine, 1)[0]
    assert (event.actor, event.act, event.subject) == ("wang", "denied", "manage_accounts")


def test_regions_are_guarded(door: Door) -> None:
    door.accounts.set_rights("wang", {Role.INVESTIGATOR}, {"4501"}, by="t")
    gate = door.gate()
    assert gate.guard(Action.SEE_RINGS, "450102")
    with pytest.raises(NoRightError, match="regions"):
        gate.guard(Action.SEE_RINGS, "450221")
    assert not in_region((), "450102")


def test_a_due_password_stops_everything(door: Door) -> None:
    door.accounts.set_password("wang", "four brown owls hoot", by="t", must_change=True)
    with pytest.raises(PasswordDueError):
        door.gate().guard(Action.SEE_DESK)
    token = door.sign_in.change_password("wang", "four brown owls hoot", SECRET, "a")
    assert Gate(door.sessions, token).guard(Action.SEE_DESK)


def test_the_last_administrator_stays(door: Door) -> None:
    changes: tuple[Callable[[], None], ...] = (
        lambda: door.accounts.set_disabled("admin", True, by="t"),
        lambda: door.accounts.set_rights("admin", {Role.LEAD}, {"*"}, by="t"),
    )
    for change in changes:
        with pytest.raises(AccountError, match="last administrator"):
            change()
    door.accounts.set_rights("wang", {Role.ADMINISTRATOR}, {"*"}, by="t")
    door.accounts.set_disabled("admin", True, by="t")


@pytest.mark.parametrize("name", ["", "x", "王敏", "a b", "../x", "A", "-a", "a" * 80])
def test_odd_names_are_refused(door: Door, name: str) -> None:
    with pytest.raises(AccountError):
        door.accounts.add(NewAccount(name, "", frozenset()), by="t")


def test_events_can_be_neither_changed_nor_removed(door: Door) -> None:
    for statement in ("UPDATE account_events SET actor = 'x'", "DELETE FROM account_events"):
        with (
            pytest.raises(sa.exc.DBAPIError, match="account events are never"),
            door.accounts.engine.begin() as connection,
        ):
            connection.exec_driver_sql(statement)


CLAIMS = {
    "iss": "https://id",
    "sub": "u1",
    "name": "王敏",
    "iat": 1,
    "exp": 1_900_000_000,
    "roles": ["rh-investigator"],
}
READING = Reading("roles", "regions", {"rh-investigator": Role.INVESTIGATOR, "rh-lead": Role.LEAD}, frozenset("*"))


def test_an_identity_provider_vouches_once_per_sign_in(door: Door) -> None:
    token = let_in(door.accounts, door.sessions, CLAIMS, READING)
    assert token == let_in(door.accounts, door.sessions, CLAIMS, READING)
    gate = Gate(door.sessions, token)
    assert gate.guard(Action.SEE_RINGS).title == "王敏"
    gate.leave()
    assert let_in(door.accounts, door.sessions, CLAIMS, READING) == token
    with pytest.raises(SignedOutError):  # the provider's cookie outlives the session; it must not revive it
        gate.guard(Action.SEE_RINGS)
    again = let_in(door.accounts, door.sessions, CLAIMS | {"iat": 2, "roles": "rh-lead"}, READING)
    assert Gate(door.sessions, again).guard(Action.ASSIGN_RINGS)


@pytest.mark.parametrize("given", [{"roles": []}, {"roles": ["admin"]}, {"roles": None}])
def test_no_role_of_ours_is_refused(door: Door, given: dict[str, object]) -> None:
    with pytest.raises(NoRightError):
        let_in(door.accounts, door.sessions, CLAIMS | given, READING)
    assert recent(door.accounts.engine, 1)[0].act == "refused"


def test_a_session_ends_with_the_providers_token(door: Door) -> None:
    claims = CLAIMS | {"exp": door.clock.at.timestamp() + 60}
    gate = Gate(door.sessions, let_in(door.accounts, door.sessions, claims, READING))
    gate.signed_in()
    door.clock.later(seconds=61)
    with pytest.raises(SignedOutError, match="run out"):
        gate.signed_in()
    assert token_of(claims) != token_of(CLAIMS)

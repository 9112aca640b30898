"""Referrals through the pages: put together, looked at, made, handed out once, followed; and the walk in Chromium."""

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pyrage  # type: ignore[import-untyped]
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from cases.decide import Ruling, decide
from cases.exports.clocks import FactName
from cases.exports.clocks import State as ClockState
from cases.exports.package.keytable import Seal
from cases.exports.referrals import Referral, ReferralBook, ReferralError
from cases.history import Verdict
from cases.model import Ring, Status
from cases.store import CaseStore
from claims.audit import Audit, ReasonError
from claims.errors import NotFoundError
from claims.workspace import Workspace
from tests.ui.app.conftest import Visitor, context_of, said
from tests.ui.app.world import PASSWORD, copy_of
from ui.auth.accounts import Accounts, NewAccount
from ui.auth.errors import NoRightError
from ui.auth.roles import Role
from ui.auth.schema import open_engine
from ui.config.settings import from_environment
from ui.service.house import House, house_of
from ui.service.referrals import ReferralService
from ui.service.referrals_files import TakenError
from ui.service.referrals_ground import ChangedError, Subject
from ui.service.referrals_parcel import Wish
from ui.service.referrals_query import ReferralQuery, Standing, from_url, to_url

Visit = Callable[[House, str], Visitor]
SECRET = "nine tall poplars sway"
REASON = "decision of the bureau to transfer"
QUIET = "discipline"  # one letter, one list, one receipt: the package that is soonest made


def copied(county: Workspace, root: Path) -> Workspace:
    """A copy of the detected county with a lead of another region."""
    place = copy_of(county, root)
    far = NewAccount("far", "远方", frozenset({Role.LEAD}), frozenset({"99"}), password=PASSWORD, must_change=False)
    book = Accounts(open_engine(place.cases))
    book.add(far, by="test")
    book.engine.dispose()
    return place


@pytest.fixture
def posted(county: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    place = copied(county, tmp_path / "workspace")
    monkeypatch.setenv("RINGHOUND_WORKSPACE", str(place.root))
    house_of.cache_clear()
    found = house_of(from_environment())
    yield found
    found.engine.dispose()
    house_of.cache_clear()


def store_of(house: House) -> CaseStore:
    return CaseStore.open(house.settings.workspace.cases)


def service(house: House, visit: Visit, name: str) -> ReferralService:
    return context_of(house, visit, name).referrals


def subject_of(house: House, visit: Visit, ring: Ring, name: str = "li") -> Subject:
    found = service(house, visit, name).subject(ring.id)
    assert isinstance(found, Subject)
    return found


def entered(house: House, ring: Ring, to: str = "police") -> int:
    """A referral as the book has it, without files."""
    at = datetime(2026, 11, 2, 9, 30)
    return ReferralBook(store_of(house).engine).enter(Referral(ring.id, "", to, "li", REASON, False, at, {}))


def test_the_list_is_empty_then_filtered_by_the_address(posted: House, visit: Visit, burst: Ring) -> None:
    assert "Nothing was referred yet." in said(visit(posted, "li").run("referrals"))
    first, second = entered(posted, burst), entered(posted, burst, "health")
    service(posted, visit, "li").record(second, FactName.SENT, datetime.now(), "")
    app = visit(posted, "sun").run("referrals")
    assert list(app.dataframe[0].value["number"]) == [second, first]
    assert list(visit(posted, "sun").run("referrals", **{"for": "health"}).dataframe[0].value["number"]) == [second]
    app = visit(posted, "sun").run("referrals", standing="made", text=burst.id[-6:])
    assert list(app.dataframe[0].value["number"]) == [first]
    app.selectbox(key="referrals.standing").select("answered").run()
    assert app.query_params["standing"] == "answered"
    assert "No referral is like this." in said(app)


def test_an_address_reads_back_and_nonsense_filters_nothing() -> None:
    query = ReferralQuery("police", Standing.SENT, "R-2026", 3)
    assert from_url(to_url(query)) == query
    assert from_url({"standing": "lost", "page": "-1"}) == ReferralQuery()


def test_the_meter_says_what_is_missing_and_who_can_supply_it(posted: House, visit: Visit, burst: Ring) -> None:
    app = visit(posted, "li").run("referrals", ring=burst.id, to="police")
    text = said(app) + html_of(app)
    assert "本机关负责人批准意见" in text
    assert "本机关正职负责人或者主持工作的负责人" in text
    assert "For suspected crime" in text
    meter = service(posted, visit, "li").meter(subject_of(posted, visit, burst), "police")
    assert 0 < meter.filled < len(meter.readings)
    assert text.count("missing") >= len(meter.missing)


def test_articles_point_to_records_or_holes(posted: House, visit: Visit, burst: Ring) -> None:
    app = visit(posted, "li").run("referrals", ring=burst.id, part="law")
    laws = service(posted, visit, "li").articles(subject_of(posted, visit, burst))
    labels = [expander.label.replace("\\", "") for expander in app.expander]
    assert [law.basis.title in label for law, label in zip(laws, labels, strict=True)] == [True] * len(laws)
    unchecked = [label for law, label in zip(laws, labels, strict=True) if not law.basis.checked]
    assert unchecked
    assert all("text not checked" in label for label in unchecked)
    shown = [line for law in laws for line in law.lines if not line.hole]
    assert shown[0].showing.records[0] in html_of(app)
    assert "to be supplied by" in html_of(app)


def test_documents_are_looked_at_as_pictures_masked_until_a_reason(posted: House, visit: Visit, burst: Ring) -> None:
    subject = subject_of(posted, visit, burst)
    lead = service(posted, visit, "li")
    app = visit(posted, "li").run("referrals", ring=burst.id, to=QUIET, part="preview")
    assert "Page 1 of" in said(app)
    papers = lead.papers(subject, QUIET)
    assert lead.papers(subject, QUIET) is papers
    pictures = {lead.picture(subject, papers[0], page) for page in range(1, papers[0].pages + 1)}
    assert len(pictures) == papers[0].pages
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)
    app.button(key="referral.reveal").click().run()
    assert app.error
    app.text_input(key="referral.reveal_reason").input("the prosecutor asks")
    app.button(key="referral.reveal").click().run()
    assert "People are named" in said(app)
    entry = Audit(posted.settings.workspace.audit).entries()[-1]
    assert (entry.act, entry.subject, entry.reason) == ("reveal", burst.id, "the prosecutor asks")
    revealed = context_of(posted, visit, "li").sheets.reveal(burst.id, "the prosecutor asks")
    named = service(posted, visit, "li").papers(subject, QUIET, revealed)
    assert [paper.content for paper in named] != [paper.content for paper in papers]
    # What one account revealed lifts nothing for another.
    assert service(posted, visit, "wang").papers(subject, QUIET, revealed)[0].content != named[0].content


def test_a_merged_ring_leads_to_its_heir(posted: House, visit: Visit, burst: Ring) -> None:
    other = merge_away(posted, burst)
    app = visit(posted, "li").run("referrals", ring=other.id)
    assert f"{other.id} went into another ring" in said(app)
    app.button(key=f"referral.go.ring={burst.id}").click().run()
    assert "What is there" in html_of(app)


def test_what_changed_meanwhile_is_told_and_does_not_leave(posted: House, visit: Visit, burst: Ring) -> None:
    app = visit(posted, "li").run("referrals", ring=burst.id, to=QUIET, part="build")
    subject = subject_of(posted, visit, burst)
    decide(store_of(posted), burst.id, Ruling(Verdict.CONFIRMED, "wang", "seen on site", datetime.now()))
    app.run()
    assert "changed while you were looking" in said(app)
    with pytest.raises(ChangedError):
        service(posted, visit, "li").build(subject, Wish(QUIET, REASON, Seal(password=SECRET)), lambda _: None)
    app.button(key="referral.again").click().run()
    assert "changed while you were looking" not in said(app)
    assert not (posted.settings.workspace.root / "referrals").exists()


def test_a_package_is_made_handed_out_once_and_its_secret_kept_nowhere(
    posted: House, visit: Visit, burst: Ring, tmp_path: Path
) -> None:
    lead, told = service(posted, visit, "li"), list[str]()
    subject = subject_of(posted, visit, burst)
    built = lead.build(subject, Wish(QUIET, REASON, Seal(password=SECRET)), told.append)
    assert len(told) == 3
    line = lead.page(ReferralQuery()).lines[0]
    assert (line.referral.id, line.referral.ring, line.referral.actor) == (built.number, burst.id, "li")
    package, table = lead.parcels(built.number)
    assert (package.secret, table.secret) == (False, True)
    content = lead.take(built.number, package.name)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(tmp_path / "out")
    assert checked(tmp_path / "out", built.key) == 0
    opened = pyrage.passphrase.decrypt(lead.take(built.number, table.name), SECRET)
    assert burst.picture.members[0].key[1].encode() in opened
    assert lead.line(built.number).clocks == ()  # those of the law run for transfers to police
    with pytest.raises(TakenError):
        lead.take(built.number, package.name)
    lead.take(built.number, package.name, "the disk broke on the way")
    reasons = [taken.reason for taken in lead.parcels(built.number)[0].taken]
    assert reasons == [REASON, "the disk broke on the way"]
    files = [path for path in posted.settings.workspace.root.rglob("*") if path.is_file()]
    assert not [path for path in files if SECRET.encode() in path.read_bytes()]
    (posted.settings.workspace.root / "referrals" / package.name).write_bytes(b"another")
    with pytest.raises(NotFoundError):
        lead.take(built.number, package.name, "once more, please")


def test_letters_leave_as_one_zip_without_key_table(posted: House, visit: Visit, burst: Ring) -> None:
    lead = service(posted, visit, "li")
    built = lead.build(subject_of(posted, visit, burst), Wish("platform", REASON), lambda _: None)
    (parcel,) = lead.parcels(built.number)
    with zipfile.ZipFile(io.BytesIO(lead.take(built.number, parcel.name))) as archive:
        assert "违规信息3101.jsonl" in archive.namelist()


def test_nothing_is_made_without_a_reason_or_a_seal(posted: House, visit: Visit, burst: Ring) -> None:
    lead, subject = service(posted, visit, "li"), subject_of(posted, visit, burst)
    with pytest.raises(ReasonError):
        lead.build(subject, Wish(QUIET, " ", Seal(password=SECRET)), lambda _: None)
    with pytest.raises(NotFoundError):
        lead.build(subject, Wish(QUIET, REASON), lambda _: None)
    app = visit(posted, "li").run("referrals", ring=burst.id, to=QUIET, part="build")
    app.text_area[0].input(REASON)
    app.text_input(key="referral.key").input(SECRET)
    assert "This is no public key" in (text := said(pressed(app, "Make it").run()))
    assert SECRET not in text
    app.radio(key="referral.how").set_value("a password").run()
    app.text_area[0].input(REASON)
    app.text_input(key="referral.password").input("short")
    pressed(app, "Make it").run()
    assert "The password needs at least 12 characters." in said(app)
    assert app.text_area[0].value == REASON
    assert lead.page(ReferralQuery()).total == 0


def test_facts_start_and_stop_the_clocks(posted: House, visit: Visit, burst: Ring) -> None:
    number = entered(posted, burst)
    lead, now = service(posted, visit, "li"), datetime.now()
    lead.record(number, FactName.DECIDED, now - timedelta(hours=30), "No. 12")
    clocks = {clock.limit.id: clock for clock in lead.line(number).clocks}
    assert clocks["send"].state is ClockState.PASSED
    text = said(visit(posted, "li").run("referrals", referral=str(number)))
    assert "time limit passed · 6 h over" in text or "time limit passed · 7 h over" in text
    lead.record(number, FactName.SENT, now, "")
    lead.record(number, FactName.RECEIVED, now, "")
    line = lead.line(number)
    assert {clock.limit.id: clock.state for clock in line.clocks}["send"] is ClockState.LATE
    assert {clock.limit.id: clock.state for clock in line.clocks}["answer"] is ClockState.RUNNING
    assert line.standing is Standing.RECEIVED
    for name, at in ((FactName.SENT, now), (FactName.ANSWERED, now + timedelta(days=1))):
        with pytest.raises(ReferralError):
            lead.record(number, name, at, "")
    app = visit(posted, "li").run("referrals", referral=str(number))
    app.selectbox(key="referral.fact").select(FactName.ANSWERED)
    pressed(app, "Record").run()
    assert service(posted, visit, "li").line(number).standing is Standing.ANSWERED


def test_another_region_neither_sees_nor_refers(posted: House, visit: Visit, burst: Ring) -> None:
    number, subject = entered(posted, burst), subject_of(posted, visit, burst)
    assert "Nothing was referred yet." in said(visit(posted, "far").run("referrals"))
    for address in ({"ring": burst.id}, {"referral": str(number)}, {"ring": burst.id, "part": "build"}):
        text = said(visit(posted, "far").run("referrals", **address))
        assert "There is no r" in text
        assert "outside" not in text
        assert "福" not in text
    far = service(posted, visit, "far")
    acts: Sequence[Callable[[], object]] = (
        lambda: far.meter(subject, QUIET),
        lambda: far.articles(subject),
        lambda: far.papers(subject, QUIET),
        lambda: far.parcels(number),
        lambda: far.take(number, "x.zip"),
        lambda: far.record(number, FactName.SENT, datetime.now(), ""),
        lambda: far.build(subject, Wish(QUIET, REASON, Seal(password=SECRET)), lambda _: None),
    )
    for act in acts:
        with pytest.raises((NoRightError, NotFoundError)):
            act()


@pytest.mark.parametrize("name", ["wang", "sun"])
def test_only_leads_make_hand_out_and_record(posted: House, visit: Visit, burst: Ring, name: str) -> None:
    number, subject = entered(posted, burst), subject_of(posted, visit, burst, name)
    found = service(posted, visit, name)
    assert found.line(number).referral.id == number
    for act in (
        lambda: found.take(number, "x.zip"),
        lambda: found.record(number, FactName.SENT, datetime.now(), ""),
        lambda: found.build(subject, Wish(QUIET, REASON, Seal(password=SECRET)), lambda _: None),
    ):
        with pytest.raises(NoRightError):
            act()
    app = visit(posted, name).run("referrals", ring=burst.id, part="build")
    assert not [area for area in app.text_area if "Reason" in area.label]


@pytest.mark.parametrize("name", ["zhao", "admin"])
def test_without_the_right_there_is_no_page(posted: House, visit: Visit, burst: Ring, name: str) -> None:
    assert "Your roles do not allow this" in said(visit(posted, name).run("referrals", ring=burst.id))


def test_what_is_not_there_is_said(posted: House, visit: Visit) -> None:
    assert "There is no ring R-1 any more." in said(visit(posted, "li").run("referrals", ring="R-1"))
    assert "There is no case C-1." in said(visit(posted, "li").run("referrals", case="C-1"))
    assert "There is no referral 77." in said(visit(posted, "li").run("referrals", referral="77"))
    assert "The address names no referral." in said(visit(posted, "li").run("referrals", referral="x"))


def merge_away(house: House, heir: Ring) -> Ring:
    """Another ring, as if the last run had found it to be part of `heir`."""
    import sqlalchemy as sa

    from cases.schema import rings, writing

    store = store_of(house)
    other = next(ring for ring in store.rings() if ring.id != heir.id and ring.status is Status.NEW)
    with writing(store.engine) as connection:
        gone = {"merged_into": heir.id, "status": Status.DORMANT.value}
        connection.execute(sa.update(rings).where(rings.c.id == other.id).values(gone))
    return other


def pressed(app: AppTest, label: str) -> Button:
    """The button of that label, pressed; those of forms have no keys."""
    return next(button for button in app.button if button.label == label).click()


def html_of(app: AppTest) -> str:
    return "\n".join(e.proto.body for e in app.main if getattr(e, "type", "") == "html")


def checked(folder: Path, key: str) -> int:
    """Check a package as its receiver does: plain Python, no project, nothing of this environment."""
    command = [sys.executable, "-I", "-S", "verify.py", "--key", key]
    return subprocess.run(command, cwd=folder, env={"PATH": os.environ["PATH"]}, capture_output=True).returncode

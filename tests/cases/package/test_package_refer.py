"""`ringhound refer` from a loaded county to the folder, and what it refuses."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pyrage
import pytest
import typer
from typer.testing import CliRunner, Result

from cases.exports.package.assembly import LeakError, _refuse_leaks
from cases.exports.package.keytable import Seal, SealError
from cases.exports.package.order import INSTITUTION, Order, ReferError, refer
from cases.exports.package.pseudonyms import Pseudonyms
from cases.exports.package.standalone import standalone
from cases.exports.package.verifier.main import verify
from cases.exports.package.writing import csv_file
from cases.people import Actor, Role
from cases.settings import settings_of
from cases.store import CaseStore
from cases.work.book import CaseBook
from claims.errors import RinghoundError
from claims.workspace import Workspace
from detectors.shared_card import TwoPlaces
from jobs.detect import detect
from tests.cases.package.conftest import KEY, PASSWORD, REASON, Deliver, contents
from tests.detectors.test_every_detector import planted
from tests.loaders.kit import load_world, workspace
from tests.scenarios import Row, settlement
from ui.commands import refer as command


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A loaded county in which one card was at two places at once."""
    root = tmp_path_factory.mktemp("county")
    rows: Any = planted("two_places").rows
    world = {table: [dict(row) for row in own] for table, own in rows.items()}
    world["settlements"] = [_whole(row) for row in world["settlements"]]
    load_world(root, world)
    detect(workspace(root), detectors=(TwoPlaces(),))
    return workspace(root)


def _whole(row: Row) -> Row:
    """What a loaded settlement needs besides what a detector looks at."""
    time, fund, total = row["setl_time"], row["fund_pay_sumamt"], row["medfee_sumamt"]
    return settlement(row["setl_id"], row["psn_no"], time, row["fixmedins_code"], fund=fund, total=total) | row


def ringhound(*arguments: object) -> Result:
    app = typer.Typer()
    app.callback()(lambda: None)
    command.register(app)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def only_ring(place: Workspace) -> str:
    return CaseStore.open(settings_of(place).database).rings()[0].id


def test_command_tells_what_is_there_and_what_to_hand_over(county: Workspace, tmp_path: Path) -> None:
    key = pyrage.x25519.Identity.generate()
    ring, out = only_ring(county), tmp_path / "out"
    result = ringhound(
        "refer", ring, "--to", "police", "--out", out, "--reason", "suspected fraud",
        "--recipient", key.to_public(), "-w", county.root,
    )  # fmt: skip
    assert result.exit_code == 0, (result.stdout, result.exception)
    folder = next(path for path in out.iterdir() if path.is_dir())
    for said in (str(folder), "Recomputed:", "Complete:", "missing:", "key table", "verify.py --key"):
        assert said in result.stdout
    assert not verify(folder).failed
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["made"]["why"] == "suspected fraud"
    assert manifest["data_version"] == 1 and manifest["code_version"]
    table = pyrage.decrypt((out / manifest["key_table"]["file"]).read_bytes(), [key])
    people = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
    names = {row["pseudonym"]: row["value"].lstrip("'") for row in people}
    ring_file = json.loads((folder / "ring.json").read_text("utf-8"))
    real = {m.id for m in CaseStore.open(settings_of(county).database).ring(ring).picture.members}
    assert {names.get(m["id"], m["id"]) for m in ring_file["members"]} == real


def test_a_case_is_referred_with_its_ring_and_its_leaves(county: Workspace, tmp_path: Path) -> None:
    lead = Actor("lead", frozenset({Role.LEAD, Role.INVESTIGATOR}))
    book = CaseBook(CaseStore.open(settings_of(county).database).engine)
    case = book.open_ring(lead, only_ring(county), "worth a look")
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    result = ringhound(
        "refer", case.id, "--to", "region", "--out", tmp_path / "out", "--reason", "records of another region",
        "--password-file", password, "-w", county.root,
    )  # fmt: skip
    assert result.exit_code == 0, (result.stdout, result.exception)
    folder = next(path for path in (tmp_path / "out").iterdir() if path.is_dir())
    assert not verify(folder).failed
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert (manifest["case"], manifest["ring"]) == (case.id, only_ring(county))
    proofs = json.loads((folder / "ledger" / "proofs.json").read_text("utf-8"))
    assert case.id in {proof["subject"] for proof in proofs}


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("--reason", "suspected fraud"), "Say to whom the key table is encrypted"),
        (("--reason", "x", "--recipient", "age1x"), "A reason must have"),
        (("--reason", "suspected fraud", "--recipient", "age1nobody"), "no age recipient"),
        (("--reason", "suspected fraud", "--password-file", "/nowhere/at/all"), "does not read"),
    ],
)
def test_nothing_leaves_without_reason_or_receiver(
    county: Workspace, tmp_path: Path, arguments: tuple[str, ...], error: str
) -> None:
    out = tmp_path / "out"
    result = ringhound("refer", only_ring(county), "--to", "police", "--out", out, "-w", county.root, *arguments)
    assert isinstance(result.exception, RinghoundError)
    assert error in str(result.exception)
    assert not out.exists()
    missing = ringhound("refer", only_ring(county), "--to", "police", "--out", out, "-w", county.root)
    assert missing.exit_code == 2


def test_unknown_numbers_and_institutions_with_records_of_others(county: Workspace, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    options = ("--out", tmp_path / "out", "--reason", "suspected fraud", "--password-file", password)
    unknown = ringhound("refer", "C-2026-999999", "--to", "police", *options, "-w", county.root)
    assert "no ring and no case" in str(unknown.exception)
    order = Order(
        only_ring(county), INSTITUTION, "suspected fraud", "tester", Seal(password=PASSWORD), tmp_path / "out"
    )
    with pytest.raises(ReferError, match="may see its own alone"):
        refer(county, order, lambda _dossier, _to: ())


def test_passwords_and_recipients_are_checked() -> None:
    for given in ({}, {"password": "short"}, {"password": PASSWORD, "recipients": ("age1x",)}):
        with pytest.raises(SealError):
            Seal(**given)  # type: ignore[arg-type]
    content = b"secret table"
    assert pyrage.passphrase.decrypt(Seal(password=PASSWORD).encrypt(content), PASSWORD) == content


def test_plain_files_name_nobody(ship: Deliver) -> None:
    made = ship("one_hand_ghosts")
    found = contents("one_hand_ghosts")
    secrets = {value for _kind, value in found.names.given} | set(found.names.words)
    secrets = {value for value in secrets if len(value) >= 6 or not value.isascii()}
    assert len(secrets) > 10
    for path in made.errand.folder.rglob("*"):
        if path.is_file() and path.name != "verify.py":
            text = path.read_text("utf-8", errors="replace")
            assert not [secret for secret in secrets if secret in text], path.name
    sealed = made.errand.key_table.read_bytes()
    table = pyrage.decrypt(sealed, [KEY]).decode("utf-8-sig")
    assert all(word in table for word in list(found.names.words)[:5])
    assert sealed.startswith(b"age-encryption.org/v1")


def test_a_leak_is_refused() -> None:
    found = contents("two_places")
    secret = next(value for _kind, value in found.names.given if len(value) >= 6)
    with pytest.raises(LeakError):
        _refuse_leaks({"records/x.csv": f"a,{secret},b".encode()}, found)
    _refuse_leaks({"records/x.csv": f"0{secret}0".encode()}, found)


def test_who_when_why_stand_in_every_kind_of_file_and_no_cell_is_live(ship: Deliver) -> None:
    folder = ship("kickback").errand.folder
    name = folder.name
    for path in ("README.txt", "graph/ring.graphml", "graph/ring.html", "manifest.json"):
        text = (folder / path).read_text("utf-8-sig")
        assert name in text and "tester" in text, path
        assert REASON in text.replace("&#39;", "'").replace("&#x27;", "'"), path
    for path in (folder / "records").glob("*.csv"):
        rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
        assert all(not cell.startswith(("=", "+", "@", "-")) for row in rows for cell in row)
        if path.name != "columns.csv":
            assert all(row[-1] == name for row in rows[1:])
    assert csv_file(["a"], [{"a": "=1+1"}]).endswith(b"'=1+1\r\n")


def test_pseudonyms_are_stable_in_one_package_and_new_in_the_next() -> None:
    one, two = Pseudonyms(), Pseudonyms()
    name = one.name("person", "45010219600307123X")
    assert one.name("person", "45010219600307123X") == name != two.name("person", "45010219600307123X")
    assert one.name("card", "45010219600307123X") != name
    assert one.text("45010219600307123X met 13900000001.").startswith(name)
    assert "13900000001" not in one.text("45010219600307123X met 13900000001.")
    assert one.settlement("S-45010219600307123X-1", "45010219600307123X").startswith("S-")
    assert one.settlement("43020000002579527949", "P1") == "43020000002579527949"


def test_checker_is_one_file_of_the_standard_library() -> None:
    import ast
    import sys

    tree = ast.parse(standalone(), feature_version=(3, 8))
    modules = {n.name for node in ast.walk(tree) if isinstance(node, ast.Import) for n in node.names}
    modules |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert modules - {"__future__"} <= sys.stdlib_module_names
    assert not modules & {"socket", "urllib", "http", "subprocess", "ctypes", "pickle"}
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not called & {"eval", "exec", "compile", "__import__", "input"}

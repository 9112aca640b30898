"""A package as its receiver gets it: verified by a bare Python, refused however it is doctored."""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from cases.exports.package import proofs as proofs_module
from cases.exports.package.deliver import Delivered
from cases.exports.package.proofs import export_file, signature_file
from cases.exports.package.pseudonyms import Pseudonyms
from cases.exports.package.verifier.ledger import check_export, check_signature, keys_of
from cases.exports.package.verifier.main import verify
from cases.exports.package.verifier.report import NotAPackage, Report
from cases.exports.package.verifier.tables import read_json
from cases.exports.package.writing import json_file
from cases.schema import writing
from cases.store import CaseStore
from claims.ledger import Kind, append
from detectors import DETECTORS
from tests.cases.package.conftest import Deliver, contents, delivered, errand

BARE = "/usr/bin/python3"


def bare(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run `verify.py` of a package with a plain Python, no environment and no site-packages."""
    done = subprocess.run(
        [BARE, "-I", "-S", "-B", str(folder / "verify.py"), *arguments],
        env={}, cwd="/", capture_output=True, text=True, encoding="utf-8", timeout=60,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    """One package, never changed."""
    root = tmp_path_factory.mktemp("package")
    engine = CaseStore.open(root / "house" / "cases.db").engine
    with writing(engine) as connection:
        body = {"data_version": 1, "digest": "", "code_version": "code"}
        append(connection, Kind.RUN, "1", actor="ringhound", body=body)
        append(connection, Kind.RING_DECISION, "R-2026-000001", actor="tester", reason="confirmed after review")
        members = {"members": [["person", value] for kind, value in contents("hoarded_cards").names.given]}
        append(connection, Kind.REVIEW, "R-2026-000001", actor="tester", body=members)
    return delivered(engine, contents("hoarded_cards"), errand(root / "out"))


@pytest.fixture
def copy(package: Delivered, tmp_path: Path) -> Path:
    """The package in another place, to be doctored."""
    return Path(shutil.copytree(package.errand.folder, tmp_path / "copy"))


def wrong(folder: Path, key: str = "") -> str:
    """What the checker names, in English."""
    try:
        report = verify(folder, key)
    except NotAPackage as error:
        return error.en
    return "\n".join(en for kind, _zh, en in report.lines if kind == "differs")


@pytest.mark.parametrize("name", [detector.name for detector in DETECTORS])
def test_every_kind_of_ring_is_verified_by_a_bare_python(name: str, ship: Deliver) -> None:
    made = ship(name)
    code, said = bare(made.errand.folder, "--key", made.key)
    assert code == 0, said
    assert "recomputed from the records" in said or name == "duplicate_identity"


def test_leaves_of_the_ledger_are_proved_and_people_in_them_stay_closed(package: Delivered) -> None:
    code, said = bare(package.errand.folder, "--key", package.key)
    assert code == 0, said
    assert "digest of the run is what the ledger holds" in said
    assert "ring_decision R-2026-000001" in said
    assert "it names people, so its hash only" in said
    assert package.proofs == 3


def test_any_changed_byte_is_named_with_its_file(package: Delivered, copy: Path) -> None:
    for path in sorted(path for path in copy.rglob("*") if path.is_file()):
        content = path.read_bytes()
        middle = len(content) // 2
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
        name = path.relative_to(copy).as_posix()
        said = wrong(copy)
        assert said, name
        unlisted = ("manifest.json", "signature.json", "ledger/export.json")
        assert name in unlisted or f"{name}: not the content" in said
        path.write_bytes(content)
    assert not wrong(copy)


def test_no_byte_of_the_seals_can_be_changed(copy: Path) -> None:
    keys, head = keys_of(copy), read_json(copy / "ledger" / "head.json")
    checks: Mapping[str, Callable[[Report], None]] = {
        "signature.json": lambda report: check_signature(copy, keys, "", report),
        "ledger/export.json": lambda report: check_export(copy, keys, head, report),
    }
    for name, check in checks.items():
        content = (copy / name).read_bytes()
        for place in range(0, len(content), 3):
            changed = bytearray(content)
            changed[place] ^= 0x20 if place % 2 else 0x01
            (copy / name).write_bytes(bytes(changed))
            report = Report()
            try:
                check(report)
            except (ValueError, KeyError, TypeError, AttributeError):
                continue
            assert report.failed, (name, place)
        (copy / name).write_bytes(content)


def test_missing_added_renamed_and_linked_files_are_named(copy: Path) -> None:
    (copy / "documents" / "letter.txt").rename(copy / "documents" / "letter2.txt")
    said = wrong(copy)
    assert "documents/letter.txt: missing" in said
    assert "documents/letter2.txt: not in the manifest" in said
    (copy / "documents" / "letter2.txt").rename(copy / "documents" / "letter.txt")
    (copy / "records" / "items.csv").unlink()
    (copy / "new").symlink_to("/etc")
    assert "records/items.csv: missing" in wrong(copy)
    assert "new: not in the manifest" in wrong(copy)
    (copy / "manifest.json").unlink()
    assert "no package" in wrong(copy)
    assert bare(copy)[0] == 2


def rehashed(folder: Path) -> None:
    """Write the hashes and sizes of what is there into the manifest."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    for entry in manifest["files"]:
        content = (folder / entry["path"]).read_bytes()
        entry["sha256"], entry["size"] = hashlib.sha256(content).hexdigest(), len(content)
    (folder / "manifest.json").write_bytes(json_file(manifest))


def edited(folder: Path, name: str, change: Callable[[Any], None]) -> None:
    value = json.loads((folder / name).read_text("utf-8"))
    change(value)
    (folder / name).write_bytes(json_file(value))


def forged(folder: Path, home: Path) -> None:
    """All a forger can do: a ledger and a key of one's own, everything signed and proved anew."""
    engine = CaseStore.open(home / "cases.db").engine
    with writing(engine) as connection:
        proofs = proofs_module.proofs_of(connection, "R-2026-000001", "", 1, Pseudonyms())
    for name, content in proofs.files.items():
        (folder / name).write_bytes(content)
    rehashed(folder)
    resealed(folder, engine, proofs.size)


def resealed(folder: Path, engine: sa.Engine, size: int) -> None:
    manifest = (folder / "manifest.json").read_bytes()
    with writing(engine) as connection:
        (folder / "signature.json").write_bytes(signature_file(connection, manifest))
        body = {"manifest": hashlib.sha256(manifest).hexdigest()}
        leaf = append(connection, Kind.EXPORT, "R-2026-000001", actor="forger", body=body)
        (folder / "ledger" / "export.json").write_bytes(export_file(connection, leaf, size))


def dearer(rows: Any) -> None:
    rows[0]["fund"] = "99999.99"


def test_an_amount_changed_with_its_hash_has_no_signature(copy: Path) -> None:
    edited(copy, "records/settlements.json", dearer)
    rehashed(copy)
    said = wrong(copy)
    assert "not signed by a key of the ledger" in said
    assert "does not hold a leaf about this manifest" in said
    assert "CSV and JSON of records/settlements differ" in said


def test_the_manifest_of_another_package_is_refused(copy: Path, ship: Deliver) -> None:
    other = ship("two_places").errand.folder
    shutil.copy(other / "manifest.json", copy / "manifest.json")
    said = wrong(copy)
    assert "not the content the manifest names" in said
    assert "not signed by a key of the ledger" in said


def test_another_key_shows(copy: Path, package: Delivered, tmp_path: Path) -> None:
    engine = CaseStore.open(tmp_path / "forger" / "cases.db").engine
    with writing(engine) as connection:
        proofs_module.proofs_of(connection, "R-2026-000001", "", 1, Pseudonyms())
        manifest = (copy / "manifest.json").read_bytes()
        (copy / "signature.json").write_bytes(signature_file(connection, manifest))
    assert "not signed by a key of the ledger" in wrong(copy)
    forged(copy, tmp_path / "forger")
    # With all of it forged only the number of the key, known from elsewhere, tells.
    assert not wrong(copy)
    assert "not the one you were told of elsewhere" in wrong(copy, package.key)
    assert bare(copy, "--key", package.key)[0] == 1


@pytest.mark.parametrize("what", ["record dropped", "amount", "statistic", "p-value", "bracket"])
def test_recomputation_tells_where_even_the_seals_are_forged(what: str, copy: Path, tmp_path: Path) -> None:
    def statistic(findings: Any) -> None:
        findings[0]["chance"]["observed"] -= 10

    def likelier(findings: Any) -> None:
        findings[0]["chance"]["p_value"] = 1e-300

    def bracket(ring: Any) -> None:
        ring["exposure"]["probable"] = ring["exposure"]["fund"] = "1000000.00"

    changes: Mapping[str, tuple[str, Callable[[Any], None], str]] = {
        "record dropped": ("records/settlements.json", lambda rows: rows.pop(3), "records are missing"),
        "amount": ("records/settlements.json", dearer, "amount probable: recomputed"),
        "statistic": ("findings/findings.json", statistic, "finding 1"),
        "p-value": ("findings/findings.json", likelier, "corrected p-value stated"),
        "bracket": ("ring.json", bracket, "amount fund: recomputed"),
    }
    name, change, told = changes[what]
    edited(copy, name, change)
    forged(copy, tmp_path / "forger")
    assert told in wrong(copy)


def test_proofs_of_others_and_older_heads_are_refused(copy: Path, package: Delivered, ship: Deliver) -> None:
    path = copy / "ledger" / "export.json"
    content, other = path.read_bytes(), ship("two_places").errand.folder
    shutil.copy(other / "ledger" / "export.json", path)
    assert "does not hold a leaf about this manifest" in wrong(copy)
    proof = json.loads(content)
    proof["head"] = json.loads((copy / "ledger" / "head.json").read_text())  # older than the leaf
    path.write_text(json.dumps(proof, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n")
    said = wrong(copy)
    assert "does not hold a leaf about this manifest" in said
    path.write_bytes(content)
    edited(copy, "ledger/proofs.json", lambda proofs: proofs[0].update(path=proofs[1]["path"]))
    assert "does not lead to the head" in wrong(copy)


def test_a_key_table_of_another_package_is_told(package: Delivered, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(package.errand.folder, tmp_path / package.errand.name))
    shutil.copy(package.errand.key_table, tmp_path)
    assert not wrong(folder)
    (tmp_path / package.errand.key_table.name).write_bytes(b"something else")
    assert "key table beside the package is not the one made for it" in wrong(folder)


def test_the_zip_holds_the_same(package: Delivered, tmp_path: Path) -> None:
    shutil.unpack_archive(package.errand.zip, tmp_path / "unpacked")
    assert not wrong(tmp_path / "unpacked")
    assert package.errand.zip.stat().st_mode & 0o077 == 0

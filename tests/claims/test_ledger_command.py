"""`ringhound ledger`: heads for witnesses, checks, entries, proofs, rotation."""

import json
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from typer.testing import CliRunner

from claims.audit import Act, Audit
from claims.errors import RinghoundError
from claims.ledger import LedgerError
from claims.ledger.witness import as_qr, read_heads
from claims.workspace import Workspace
from tests.claims.ledgers import doctor, load
from ui.cli import make_app


def run(place: Workspace, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(make_app(["ledger"]), ["ledger", *arguments, "-w", str(place.root)])
    if isinstance(done.exception, RinghoundError):
        raise done.exception
    return done.exit_code, " ".join(done.output.split())


def test_a_head_travels_as_file_mail_and_picture(place: Workspace, tmp_path: Path) -> None:
    load(place, 1)
    out, mail, qr = tmp_path / "o" / "head.json", tmp_path / "head.eml", tmp_path / "head.svg"
    code, said = run(place, "head", "--out", str(out), "--mail", str(mail), "--qr", str(qr))
    assert (code, said.count("Written:")) == (0, 3)
    (head,) = read_heads([out])
    assert read_heads([mail]) == [head]
    assert "1 entries" not in message_from_bytes(mail.read_bytes(), policy=policy.default)["Subject"]
    assert qr.read_bytes().startswith(b"<?xml")
    assert as_qr(head) == qr.read_bytes()
    assert run(place, "verify", "--witness", str(out), "--witness", str(mail))[0] == 0
    changed = {**head.as_json(), "root": "00" * 32}
    out.write_text(json.dumps(changed))
    code, said = run(place, "verify", "--witness", str(out))
    assert code == 1
    assert "is not signed by a key of this ledger" in said
    out.write_text("[]")
    with pytest.raises(LedgerError, match=r"head\.json"):
        run(place, "verify", "--witness", str(out))


def test_the_command_shows_proves_and_rotates(place: Workspace, tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="no ledger"):
        run(place, "verify")
    Audit(place.audit).append(Act.REVEAL, "person:P1", reason="复核记录", user="li")
    Audit(place.audit).append(Act.EXPORT, "ring:R1", reason="移送", user="wang")
    assert "person:P1 li 复核记录" in run(place, "show", "--kind", "reveal")[1]
    assert json.loads(run(place, "show", "--subject", "ring:R1", "--json")[1])["index"] == 3
    assert "No entries" in run(place, "show", "--after", "3")[1]
    run(place, "prove", "2", "--out", str(tmp_path / "proof.json"))
    proof = json.loads((tmp_path / "proof.json").read_text())
    assert (proof["index"], proof["leaf"]["subject"], proof["head"]["size"]) == (2, "person:P1", 4)
    assert "signs from entry 4 on" in run(place, "rotate", "--reason", "yearly change")[1]
    assert run(place, "verify") == (0, "5 entries, 4 signed heads, 0 witnessed heads. The ledger is whole.")
    doctor(place.cases, "UPDATE ledger_leaves SET actor = 'zhao' WHERE number = 2")
    code, said = run(place, "verify")
    assert code == 1
    assert "Entry 2 (reveal person:P1, zhao) was changed" in said
    assert "Among entries 2 to 2 one was changed" in said

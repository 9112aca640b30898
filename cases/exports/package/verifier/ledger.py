"""The manifest's signature and the ledger's proofs: who signed, and that run, decisions and export are leaves."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from cases.exports.package.verifier.files import EXPORT, MANIFEST, SIGNATURE
from cases.exports.package.verifier.merkle import canonical, consistent, includes, leaf_hash
from cases.exports.package.verifier.signing import signature_holds
from cases.exports.package.verifier.tables import read_json

HEX = re.compile(r"(?:[0-9a-f]{2})*")


def unhex(text: Any) -> bytes:
    """Read lower-case hex; ValueError for anything else."""
    if not isinstance(text, str) or not HEX.fullmatch(text):
        raise ValueError(text)
    return bytes.fromhex(text)


def sealed(folder: Path, path: str) -> Any:
    """Read a file the manifest cannot name: it must stand there byte for byte as it is written."""
    value = read_json(folder / path)
    if canonical(value) + b"\n" != (folder / path).read_bytes():
        raise ValueError("not canonical")
    return value


def keys_of(folder: Path) -> dict[str, bytes]:
    """Public keys of the ledger by id; an id is the beginning of the key's SHA-256."""
    found = {}
    for key in read_json(folder / "ledger" / "keys.json"):
        public = unhex(key["public"])
        if hashlib.sha256(public).hexdigest()[: len(key["id"])] != key["id"] or len(key["id"]) < 16:
            raise ValueError("key id")
        found[key["id"]] = public
    return found


def head_holds(head: dict[str, Any], keys: dict[str, bytes]) -> bool:
    """Say whether a tree head is signed by one of the keys."""
    plain = {name: value for name, value in head.items() if name != "signature"}
    public = keys.get(head["key"])
    return public is not None and signature_holds(public, canonical(plain), unhex(head["signature"]))


def leaf_in(proof: dict[str, Any], head: dict[str, Any]) -> bool:
    """Say whether a proof leads from its leaf (or the hash of one that stays closed) to a head."""
    path = [unhex(step) for step in proof["path"]]
    closed = proof["leaf"] is None
    leaf = unhex(proof["leaf_hash"]) if closed else leaf_hash(head["algorithm"], proof["leaf"])
    return includes(head["algorithm"], leaf, proof["index"], head["size"], path, unhex(head["root"]))


def check_signature(folder: Path, keys: dict[str, bytes], pinned: str, report: Any) -> None:
    """Check the signature over the manifest, and its key against the one the receiver was told."""
    seal = sealed(folder, SIGNATURE)
    manifest = hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    public = keys.get(seal["key"])
    said = canonical({"about": seal["about"], "manifest": seal["manifest"]})
    held = (
        seal["about"] == "ringhound-package"
        and seal["algorithm"] == "Ed25519"
        and seal["manifest"] == manifest
        and public is not None
        and signature_holds(public, said, unhex(seal["signature"]))
    )
    report.check(
        held,
        f"清单签名有效，公钥编号 {seal['key']}",
        f"the manifest is signed by the key {seal['key']}",
        "清单签名无效：清单被改动，或不是账本公钥所签",
        "the manifest is not signed by a key of the ledger: it was changed, or somebody else signed it",
    )
    if pinned:
        full = hashlib.sha256(public or b"").hexdigest()
        report.check(
            len(pinned) >= 16 and full.startswith(pinned.lower()),
            "签名公钥与您另行取得的编号一致",
            "the signing key is the one you were told of elsewhere",
            f"签名公钥不是您另行取得的那一把（{pinned}）",
            f"the signing key is not the one you were told of elsewhere ({pinned})",
        )
    else:
        report.untested(
            "未核对公钥来源：请将公钥编号与移送书面件或见证方所载编号比对，或用 --key 编号 重新运行",
            "where the key comes from: compare its number with the letter or a witness, or run again with --key NUMBER",
        )


def check_ledger(folder: Path, keys: dict[str, bytes], package: dict[str, Any], report: Any) -> None:
    """Check the head, the leaves of run, decisions and case, the export's leaf and that the ledger only grew."""
    head, proofs = read_json(folder / "ledger" / "head.json"), read_json(folder / "ledger" / "proofs.json")
    held = report.check(
        head_holds(head, keys),
        f"账本树头（{head['size']} 条）签名有效",
        f"the ledger's head of {head['size']} leaves is signed",
        "账本树头签名无效",
        "the ledger's head is not signed by its key",
    )
    for proof in proofs if held else []:
        said = {name: (proof["leaf"] or proof)[name] for name in ("kind", "subject", "at")}
        name = f"{said['kind']} {said['subject']} ({said['at'][:19]})"
        closed = ("", "") if proof["leaf"] else ("，条目含个人信息，只附其摘要", "; it names people, so its hash only")
        report.check(
            leaf_in(proof, head) and all(said[part] == proof[part] for part in said),
            f"账本第 {proof['index']} 条在树中：{name}{closed[0]}",
            f"leaf {proof['index']} is in the tree: {name}{closed[1]}",
            f"账本第 {proof['index']} 条的包含证明不成立：{name}",
            f"the proof of leaf {proof['index']} does not lead to the head: {name}",
        )
    check_said(folder, proofs, package, report)
    check_export(folder, keys, head, report)


def check_said(folder: Path, proofs: list[dict[str, Any]], package: dict[str, Any], report: Any) -> None:
    """Check that the leaves speak of this ring: its run, and the decision that is stated."""
    ring = read_json(folder / "ring.json")
    number = str(ring["run"]["id"])
    runs = [proof for proof in proofs if proof["kind"] == "run" and proof["subject"] in (number, "run:" + number)]
    if not runs:
        report.untested("账本没有记载这次检测运行", "the ledger holds no leaf about the run")
    for proof in runs:
        body = (proof["leaf"] or {}).get("body", {})
        for name in sorted(set(body) & {"digest", "code_version", "data_version"}):
            report.check(
                str(body[name]) == str(ring["run"][name]),
                f"检测运行 {name} 与账本一致",
                f"{name} of the run is what the ledger holds",
                f"检测运行 {name} 与账本不一致",
                f"{name} of the run is not what the ledger holds",
            )
    about = {ring["id"], package.get("case") or ring["id"]}
    strangers = [proof["subject"] for proof in proofs if proof not in runs and proof["subject"] not in about]
    if strangers:
        report.differs(f"账本证明涉及别的事项：{strangers[0]}", f"a proof is about something else: {strangers[0]}")


def check_export(folder: Path, keys: dict[str, bytes], head: dict[str, Any], report: Any) -> None:
    """Check the leaf about this very package, in a later head that grew out of the first one."""
    proof = sealed(folder, EXPORT)
    later, manifest = proof["head"], hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    named = proof["leaf"]["kind"] == "export" and proof["leaf"]["body"].get("manifest") == manifest
    report.check(
        named and head_holds(later, keys) and leaf_in(proof, later),
        f"本次移送已记入账本第 {proof['index']} 条，记载的正是这份清单",
        f"this export is leaf {proof['index']} of the ledger, which names this very manifest",
        "账本没有关于这份清单的有效记载",
        "the ledger does not hold a leaf about this manifest",
    )
    steps = [unhex(step) for step in proof["consistency"]]
    grew = head["algorithm"] == later["algorithm"] and consistent(
        head["algorithm"], head["size"], later["size"], steps, unhex(head["root"]), unhex(later["root"])
    )
    report.check(
        grew,
        "账本只增未改：后一个树头包含前一个树头的全部内容",
        "the ledger only grew: the later head holds all of the earlier one",
        "账本前后两个树头不相容",
        "the two heads of the ledger do not agree",
    )

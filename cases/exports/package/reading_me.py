"""`README.txt` of a package: what it is, what it is not, what lies where, how it is checked."""

from collections.abc import Sequence

from cases.exports.package.book import Errand
from cases.exports.package.contents import Contents

_FOLDERS = (
    ("documents/", "公文与附件", "letters and their annexes"),
    ("findings/", "疑点、定义、参数与重算依据", "findings, definitions, parameters, what they are recomputed from"),
    ("records/", "去标识化记录（CSV 供查看，JSON 供核验）", "pseudonymised records (CSV to read, JSON to check)"),
    ("graph/", "关系图（ring.html 用浏览器打开）", "the graph (open ring.html in a browser)"),
    ("ledger/", "账本公钥、树头与证明", "keys, heads and proofs of the ledger"),
    ("ring.json", "线索：成员代号、角色、金额", "the ring: members, roles, amounts"),
    ("verify.py", "核验程序", "the checker"),
)


def read_me(errand: Errand, contents: Contents, key: str, paths: Sequence[str]) -> bytes:
    """The text, with a byte-order mark and Windows line ends, so that any editor shows it."""
    at = errand.at.isoformat(timespec="seconds")
    lines = [
        "可复算移送包 / Re-runnable referral package",
        f"包名 name: {errand.name}",
        f"制作 made by: {errand.actor}    时间 at: {at}    去向 for: {errand.recipient}",
        f"事由 why: {errand.reason}",
        f"线索 ring: {errand.ring}" + (f"    案件 case: {errand.case}" if errand.case else ""),
        f"账本公钥编号 number of the ledger's key: {key}",
        "",
        "本包所载为线索和疑点，供依法调查核实，不是违法认定。",
        "What is in here are leads to be checked by law; nothing in it is a finding of guilt.",
        "",
        "核验 To check (Python 3.8+, offline, Windows or Linux):",
        f"    python verify.py --key {key}",
        "公钥编号应与书面移送函或见证方所载一致；不要只与本文件比对。",
        "Compare the key's number with the paper letter or a witness, not with this file alone.",
        "退出码 exit code: 0 全部相符 all holds; 1 有不符 something differs; 2 不是移送包 no package.",
        "",
        "人员、卡、电话、证件等均以代号表示，同一代号即同一人或同一号码；代号只在本包内有效。",
        "Persons, cards, telephones and certificates stand under pseudonyms that mean nothing outside this package.",
        f"对照表另行加密送达 the key table comes apart, encrypted: {errand.key_table.name}",
        "    age --decrypt -i 私钥文件 key-file -o keytable.csv " + errand.key_table.name,
        "",
        "内容 Contents:",
    ]
    for name, zh, en in _FOLDERS:
        count = sum(path == name or path.startswith(name) for path in paths)
        if count:
            lines.append(f"    {name:<12} {zh} {en}" + (f" ({count})" if name.endswith("/") else ""))
    open_ = [(f["number"], words) for f in contents.findings for words in _pairs(f["not_recomputed"])]
    lines += ["", "不能由本包复算的部分 What cannot be recomputed from this package:"]
    for number, (zh, en) in open_:
        lines += [f"    疑点 finding {number}: {zh}", *([f"        {en}"] if en != zh else [])]
    lines += [] if open_ else ["    无 nothing"]
    return b"\xef\xbb\xbf" + "\r\n".join([*lines, ""]).encode("utf-8", "replace")


def _pairs(value: object) -> list[tuple[str, str]]:
    return [(str(one[0]), str(one[1])) for one in value] if isinstance(value, list) else []

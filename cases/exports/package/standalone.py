"""`verify.py` as one file: the parts of `verifier` one after another, without their imports of each other."""

import ast
from functools import cache
from importlib.resources import files

PARTS = (
    "signing", "merkle", "report", "tails", "tables", "files", "ledger", "money", "found",
    "cards", "meeting", "collusion", "identity", "main",
)  # fmt: skip
_OURS = "cases."
_HEAD = '''#!/usr/bin/env python3
"""核验移送包：Python 3.8 以上，只用标准库，不联网，Windows 与 Linux 均可。

    python verify.py            核验本文件所在文件夹
    python verify.py --key N    同时核对公钥编号（与移送书或见证方所载编号比对）

Checks the package this file lies in: every file, the signature over the manifest, the ledger's
proofs, and every number that follows from the records, which it computes again.
Exit code: 0 all holds; 1 something differs (what and where is printed); 2 this is no package.
"""
'''


@cache
def standalone() -> str:
    """Return the text of `verify.py`."""
    imports: set[str] = set()
    bodies = []
    for name in PARTS:
        source = (files("cases.exports.package.verifier") / f"{name}.py").read_text("utf-8").replace("\r\n", "\n")
        bodies.append(_body(source, imports))
    plain = sorted(line for line in imports if line.startswith("import "))
    chosen = sorted(line for line in imports if line.startswith("from "))
    head = [_HEAD, "from __future__ import annotations", "", *plain, *chosen, ""]
    tail = ['if __name__ == "__main__":', "    sys.exit(main(sys.argv[1:]))", ""]
    return "\n".join([*head, *bodies, *tail])


def _body(source: str, imports: set[str]) -> str:
    """What a part says without its docstring and imports; those of the standard library are gathered."""
    lines, dropped = source.splitlines(), set[int]()
    for place, node in enumerate(ast.parse(source).body):
        docstring = place == 0 and isinstance(node, ast.Expr)
        if not docstring and not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        dropped.update(range(node.lineno - 1, node.end_lineno or node.lineno))
        ours = isinstance(node, ast.ImportFrom) and (node.module or "").startswith((_OURS, "__future__"))
        if not docstring and not ours:
            imports.add(ast.unparse(node))
    return "\n".join(line for n, line in enumerate(lines) if n not in dropped).strip("\n") + "\n\n"

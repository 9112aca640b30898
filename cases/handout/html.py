"""A page to read and print: the ranked list, then each ring with its members, evidence and innocence ledger.

It fetches nothing, runs nothing (its content-security policy allows only its own style), and
everything in it is text.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from cases.handout.form import Batch
from cases.handout.tables import spoken
from cases.kinds import kind_title, trial_title
from cases.model import STATUS_TITLES
from claims.language import language, translate
from detectors.finding import ROLE_TITLES
from graph.titles import node_title

MOST_LINES = 30  # lines of evidence per finding; the files for programs hold all


@dataclass(frozen=True)
class Html:
    """One file, in the language in force."""

    name: str = "html"
    contract: bool = False

    def render(self, batch: Batch) -> Mapping[str, bytes]:
        """See `Form`."""
        style = (files("cases.handout") / "page" / "rings.css").read_text("utf-8").replace("\r\n", "\n")
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        text = (
            _environment()
            .get_template("rings.html.j2")
            .render(
                lang="zh-CN" if language() == "zh_CN" else "en",
                style=Markup(style),  # noqa: S704 - a shipped file
                style_hash=f"sha256-{digest}",
                sheets=batch.sheets,
                run=batch.run,
                masked=batch.masked,
                most=MOST_LINES,
                statuses=STATUS_TITLES,
                roles=ROLE_TITLES,
            )
        )
        return {"": text.encode("utf-8", "replace")}


@cache
def _environment() -> Environment:
    loader = PackageLoader("cases.handout", "page")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=False)
    environment.globals.update(
        {"_": translate, "spoken": spoken, "kind": kind_title, "trial": trial_title, "node_title": node_title}
    )
    return environment

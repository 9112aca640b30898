"""The scene as one file for a browser without any connection: the canvas itself, read only, with its data."""

import base64
import hashlib
import json
from collections.abc import Mapping
from html import escape
from typing import Any

# cytoscape adds this rule to a page that lacks it, which the page's own policy would refuse.
LIBRARY_STYLE = ".__________cytoscape_container { position: relative; }"
PAGE_STYLE = (
    "body{margin:14px 18px;font-family:'Noto Sans CJK SC','Noto Sans SC','Microsoft YaHei','PingFang SC',sans-serif;"
    "color:#1f2328;background:#fff}h1{font-size:16px;margin:0 0 4px}p{font-size:12px;color:#57606a;margin:0 0 10px}"
)


def page(drawing: Mapping[str, Any], title: str, about: str, *, script: str, style: str, language: str) -> bytes:
    """Return the file. Data stand in it as JSON that cannot end its element; the policy names every script."""
    data = json.dumps(drawing, ensure_ascii=False, separators=(",", ":"), default=str)
    data = data.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    styles = PAGE_STYLE + style
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(styles)} {_hash(LIBRARY_STYLE)}; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    return (
        f'<!doctype html>\n<html lang="{escape(language)}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'
        f"<title>{escape(title)}</title><style>{styles}</style>"
        f'<style id="__________cytoscape_stylesheet">{LIBRARY_STYLE}</style></head>'
        f'<body><h1>{escape(title)}</h1><p>{escape(about)}</p><div id="canvas"></div>'
        f'<script type="application/json" id="scene">{data}</script><script>{script}</script></body></html>\n'
    ).encode("utf-8", "replace")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

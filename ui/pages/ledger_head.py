"""The newest signed head, to be read, printed or given to a witness; and the keys that signed."""

from datetime import datetime

import streamlit as st

from claims.language import _
from ui.pages import sheet, words
from ui.service.ledger import Overview

SHORT = 16  # characters of a hash that people compare by eye


def head(found: Overview) -> None:
    """Draw the head with its picture."""
    with st.container(border=True):
        st.subheader(_("Newest signed head"), anchor=False)
        newest = found.head
        if newest is None:
            st.warning(_("Nothing is signed yet; until a key is named nobody outside can check."))
            return
        text, code = st.columns([3, 2], vertical_alignment="top")
        with text:
            sheet.draw(
                sheet.table(
                    ("", ""),
                    [
                        (_("entries"), words.count(newest.size)),
                        (_("signed"), words.moment(datetime.fromisoformat(newest.at))),
                        (_("root"), f"{newest.root[:SHORT]}…"),
                        (_("signing key"), newest.key),
                        (_("hash"), newest.algorithm.upper()),
                    ],
                )
            )
            st.download_button(
                _("Save it for a witness"), found.file, f"head-{newest.size}.json", "application/json",
                on_click="ignore", icon=":material/download:", key="ledger.head",
            )  # fmt: skip
        with code:
            st.image(found.picture, width=210, alt=_("QR code of the signed head"))
        st.caption(_("Printed and signed by somebody outside the house, it fixes all entries before it."))
        if found.size > newest.size:
            st.warning(_("{count} entries are not under a signed head.", count=found.size - newest.size))


def keys(found: Overview) -> None:
    """Draw which key signed from where to where."""
    with st.expander(_("Keys and their changes ({count})", count=len(found.keys))):
        rows = [
            (
                one.key.id,
                _("from entry {first} on", first=one.key.since)
                if one.key.until is None
                else _("entries {first} to {last}", first=one.key.since, last=one.key.until - 1),
                words.moment(one.at),
                one.actor,
                one.reason,
            )
            for one in found.keys
        ]
        heads = (_("signing key"), _("signs"), _("since"), _("by"), _("reason"))
        sheet.draw(sheet.table(heads, rows))

"""Files of a case: attach with a check of kind and size, take out as a download that is written down."""

from functools import partial

import streamlit as st

from cases.work.files import FileLine
from claims.language import _
from ui.auth.roles import Action
from ui.pages import states, words
from ui.pages.case_acts import done, reason_box, written
from ui.pages.sheet import draw, paragraph, table, two_lines
from ui.service.cases_paper import CasePaper
from ui.service.house import Context

TAKEN = "case.file.taken"
# Named so that no browser opens what somebody attached: it is saved, never shown.
_MIME = "application/octet-stream"


def files(context: Context, paper: CasePaper) -> None:
    """Draw the files and both ways."""
    found = context.case_work.files(paper.file.id)
    if not found:
        states.empty(_("No file is attached."), _("Statements, rosters and bed books are attached below."))
    else:
        rows = [
            (line.id, two_lines(line.name, line.reason), line.kind, f"{line.size:,}", paper.called(line.added_by),
             words.moment(line.at.astimezone().replace(tzinfo=None)), line.sha256[:16])
            for line in found
        ]  # fmt: skip
        draw(table((_("no."), _("file and why"), _("kind"), _("bytes"), _("by"), _("when"), "SHA-256"), rows, {3}))
    left, right = st.columns(2, gap="medium")
    with left:
        if found and context.may(Action.REVEAL):
            _take_out(context, paper, found)
    with right:
        if context.may(Action.WORK_CASE):
            _attach(context, paper)


def _attach(context: Context, paper: CasePaper) -> None:
    st.subheader(_("Attach a file"))
    name, reason = f"case.file.new.{paper.file.id}", f"case.file.reason.{paper.file.id}"
    most = context.case_work.most_mib
    told = _(
        "Pictures, PDF, OFD, text, Word and Excel without macros, up to {most} MiB. What a file is, its content says.",
        most=most,
    )
    with st.form("case.file.attach", border=False, enter_to_submit=False):
        draw(paragraph(told, "dim"))
        st.file_uploader(_("File"), key=name, max_upload_size=most)
        reason_box(reason)
        st.form_submit_button(
            _("Attach"), key="case.file.attach.do", type="primary", on_click=done,
            args=(context, paper.file.id, partial(_attached, context, paper, name, reason), (reason,)),
        )  # fmt: skip


def _attached(context: Context, paper: CasePaper, name: str, reason: str) -> str:
    given = st.session_state.get(name)
    if given is None:
        return _("Choose a file first.")
    line = context.case_work.attach(paper.file.id, given.name, given.getvalue(), written(reason))
    return _("{name} is attached.", name=line.name)


def _take_out(context: Context, paper: CasePaper, found: tuple[FileLine, ...]) -> None:
    st.subheader(_("Take a file out"))
    names = {line.id: f"{line.id} · {line.name}" for line in found}
    which, reason = f"case.file.which.{paper.file.id}", f"case.file.why.{paper.file.id}"
    with st.form("case.file.out", border=False, enter_to_submit=False):
        told = _("Files may name people. Who took one out, and why, is written down before it is handed out.")
        draw(paragraph(told, "dim"))
        st.selectbox(_("File"), list(names), format_func=lambda id_: names.get(id_, str(id_)), key=which)
        reason_box(reason)
        st.form_submit_button(
            _("Take out"), key="case.file.out.do", on_click=done,
            args=(context, paper.file.id, partial(_taken, context, paper, which, reason), (reason,)),
        )  # fmt: skip
    # What was taken out is handed over once; the next time it is asked for, that is a new entry.
    held = st.session_state.pop(TAKEN, None)
    if held is not None and held[0] == paper.file.id:
        line, content = held[1:]
        st.download_button(
            _("Save {name}", name=line.name), content, line.name, mime=_MIME, key="case.file.save", on_click="ignore",
            type="primary", icon=":material/download:",
        )  # fmt: skip


def _taken(context: Context, paper: CasePaper, which: str, reason: str) -> str:
    line, content = context.case_work.take_out(paper.file.id, int(st.session_state[which]), written(reason))
    st.session_state[TAKEN] = (paper.file.id, line, content)
    return _("{name} is ready below; that it was taken out is written down.", name=line.name)

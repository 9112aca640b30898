"""What colleagues say to each other on a case, and what there is to do."""

from datetime import date
from functools import partial

import streamlit as st

from cases.work.notes import LONGEST, Task
from claims.language import _, join_words
from ui.auth.roles import Action
from ui.pages import states, words
from ui.pages.case_acts import done, written
from ui.pages.sheet import draw, table, two_lines
from ui.service.cases_door import unnumbered
from ui.service.cases_paper import CasePaper
from ui.service.house import Context


def talk(context: Context, paper: CasePaper) -> None:
    """Draw comments and tasks."""
    left, right = st.columns(2, gap="medium")
    with left:
        _comments(context, paper)
    with right:
        _tasks(context, paper)


def _comments(context: Context, paper: CasePaper) -> None:
    st.subheader(_("Comments"))
    found = context.case_work.acts.comments(paper.file.id)
    if not found:
        states.empty(_("Nobody has said anything yet."), _("@name tells a colleague, who then watches the case."))
    for comment in found:
        with st.container(border=True, gap=None):
            when = words.moment(comment.at.astimezone().replace(tzinfo=None))
            st.caption(words.plain(f"{paper.called(comment.author)} · {when}"))
            st.text(unnumbered(comment.text))
    if context.may(Action.WORK_CASE):
        key = f"case.comment.{paper.file.id}"
        with st.form("case.comment", border=False, enter_to_submit=False):
            st.text_area(_("Comment"), key=key, max_chars=LONGEST, height=80)
            known = (f"@{a.name} {a.title}" for a in context.case_work.colleagues(paper.file))
            st.caption(words.plain(_("Can be mentioned: {names}", names=join_words(known))))
            st.form_submit_button(
                _("Say it"), key="case.comment.do", on_click=done,
                args=(context, paper.file.id, partial(_say, context, paper, key), (key,)),
            )  # fmt: skip


def _say(context: Context, paper: CasePaper, key: str) -> str:
    said = context.case_work.acts.comment(paper.file.id, written(key))
    if said.mentions:
        return _("Said; told to {names}.", names=join_words(map(paper.called, said.mentions)))
    return _("Said.")


def _tasks(context: Context, paper: CasePaper) -> None:
    st.subheader(_("Tasks"))
    found = context.case_work.acts.tasks(paper.file.id)
    if found:
        draw(table((_("no."), _("task"), _("due"), _("done by")), [_row(paper, task) for task in found]))
    else:
        states.empty(_("There is no task."), _("The usual ones of this kind can be added at once."))
    if not context.may(Action.WORK_CASE):
        return
    st.button(
        _("Add the usual tasks"), key="case.task.usual", icon=":material/playlist_add:", on_click=done,
        args=(context, paper.file.id, partial(_usual, context, paper)),
    )  # fmt: skip
    _add(context, paper)
    waiting = {task.id: task for task in found if not task.done_by}
    if waiting:
        _finish(context, paper, waiting)


def _row(paper: CasePaper, task: Task) -> tuple[object, ...]:
    done_at = words.moment(task.done_at.astimezone().replace(tzinfo=None)) if task.done_at else ""
    title = unnumbered(_(task.title))
    return (
        task.id,
        title,
        words.short(task.due),
        two_lines(paper.called(task.done_by) if task.done_by else "–", done_at),
    )


def _add(context: Context, paper: CasePaper) -> None:
    title, due = f"case.task.title.{paper.file.id}", f"case.task.due.{paper.file.id}"
    with st.expander(_("Add a task…")), st.form("case.task", border=False, enter_to_submit=False):
        st.text_input(_("What is to do"), key=title, max_chars=200)
        st.date_input(_("Until (empty: no date)"), value=None, key=due, min_value=date.today(), format="YYYY-MM-DD")
        st.form_submit_button(
            _("Add"), key="case.task.do", on_click=done,
            args=(context, paper.file.id, partial(_added, context, paper, title, due), (title,)),
        )  # fmt: skip


def _finish(context: Context, paper: CasePaper, waiting: dict[int, Task]) -> None:
    which, reason = f"case.task.which.{paper.file.id}", f"case.task.result.{paper.file.id}"
    with st.expander(_("Finish a task…")), st.form("case.task.finish", border=False, enter_to_submit=False):
        st.selectbox(
            _("Task"), list(waiting), key=which,
            format_func=lambda id_: unnumbered(_(waiting[id_].title)) if id_ in waiting else str(id_),
        )  # fmt: skip
        st.text_input(_("What came of it"), key=reason, max_chars=500)
        st.form_submit_button(
            _("Done"), key="case.task.finish.do", on_click=done,
            args=(context, paper.file.id, partial(_finished, context, paper, which, reason), (reason,)),
        )  # fmt: skip


def _usual(context: Context, paper: CasePaper) -> str:
    context.case_work.acts.add_usual_tasks(paper.file.id)
    return _("The usual tasks are there.")


def _added(context: Context, paper: CasePaper, title: str, due: str) -> str:
    day = st.session_state.get(due)
    context.case_work.acts.add_task(paper.file.id, written(title), day if isinstance(day, date) else None)
    return _("The task is there.")


def _finished(context: Context, paper: CasePaper, which: str, reason: str) -> str:
    context.case_work.acts.finish_task(paper.file.id, int(st.session_state[which]), written(reason))
    return _("The task is done.")

"""Words of cases that several pages use: kind, stage, clock, steps of the history."""

from collections.abc import Mapping

from cases.kinds import kind_title
from cases.people import HOUSE
from cases.work.follow import FOUND_MORE, MERGED_WITH
from cases.work.model import CaseEvent, CaseFile
from cases.work.sharing import DIARY_DUE, SNOOZE_OVER, TIME_UP
from cases.work.stages import STAGE_TITLES, STEP_TITLES, StepName
from claims.language import N_, _
from ui.pages import words
from ui.service.cases_cards import Card
from ui.service.cases_door import Clock, unnumbered
from ui.service.cases_numbers import detector_titles

SOON = 2  # whole days left from which a clock is shown as pressing
ACT_TITLES: Mapping[str, str] = {
    **{name.value: STEP_TITLES[name] for name in StepName},
    "open": N_("case opened"),
    "join": N_("later findings joined"),
    "add_ring": N_("ring added"),
    "assign": N_("assigned"),
    "take": N_("taken"),
    "snooze": N_("put aside"),
    "wake": N_("taken up again"),
    "diary": N_("date noted"),
    "remind": N_("date came"),
    "escalate": N_("time limit passed"),
    "merge": N_("went into another case"),
    "take_in": N_("another case came in"),
    "unmerge": N_("separated from another case"),
    "let_go": N_("a case separated"),
    "follow": N_("followed its ring"),
    "comment": N_("comment"),
    "watch": N_("watched"),
    "unwatch": N_("no longer watched"),
    "task": N_("task added"),
    "task_done": N_("task done"),
    "file": N_("file attached"),
    "take_out_file": N_("file taken out"),
    "question_sheet": N_("question sheet drawn up"),
    "answer": N_("answer entered"),
    "judge_answer": N_("answer judged"),
    "recover": N_("money entered"),
    "draw_rereads": N_("second readings drawn"),
    "take_reread": N_("second reading taken"),
    "reread": N_("read again"),
}
# What the house gives as its reason.
HOUSE_REASONS: Mapping[str, str] = {
    TIME_UP: N_("the time limit of the stage has passed"),
    SNOOZE_OVER: N_("the day it was put aside until has come"),
    DIARY_DUE: N_("the date noted has come"),
    MERGED_WITH: N_("their rings became one"),
    FOUND_MORE: N_("a run found more"),
}


def kind(card: Card) -> str:
    """Kind of its ring, or the title it was given."""
    return kind_title(card.file.family) if card.file.family else card.title


def detector(name: str) -> str:
    """Title of a detector; of one that is gone, its name."""
    return _(detector_titles().get(name, name))


def stage(file: CaseFile) -> str:
    """Stage, or until when it is put aside."""
    if file.snoozed_until:
        return _("aside until {day}", day=words.short(file.snoozed_until))
    return _(STAGE_TITLES[file.stage])


def clock(given: Clock | None) -> str:
    """How much time is left."""
    if given is None:
        return _("no time limit")
    if given.late:
        return _("overdue by {days} d", days=-given.days)
    return _("{days} d left", days=given.days) if given.days else _("ends within a day")


def clock_colour(given: Clock | None) -> str:
    """Colour of a clock as Streamlit names it."""
    if given is None:
        return "gray"
    return "red" if given.late else "orange" if given.days <= SOON else "green"


def bracket(card: Card) -> str:
    """Money from certain records only to all that are not lawful."""
    low, high = words.money(card.low), words.money(card.high)
    return high if card.low == card.high else f"{low} – {high}"


def act(event: CaseEvent) -> str:
    """Name what was done, or tried."""
    title = _(ACT_TITLES[event.act]) if event.act in ACT_TITLES else event.act
    return _("{act} (refused)", act=title) if event.refused else title


def actor(event: CaseEvent, names: Mapping[str, str]) -> str:
    """Name whoever did it."""
    return _("the system") if event.actor == HOUSE.name else names.get(event.actor, event.actor)


def reason(event: CaseEvent) -> str:
    """The reason given; of a refusal, why."""
    if event.refused:
        because = str(event.details.get("because", ""))
        return _(because) if because and "{" not in because else ""
    if event.actor == HOUSE.name:
        return _(HOUSE_REASONS[event.reason]) if event.reason in HOUSE_REASONS else event.reason
    return unnumbered(event.reason)

"""What acts on cases are called by people."""

from collections.abc import Mapping
from types import MappingProxyType

from cases.work.stages import STEP_TITLES
from claims.language import N_

ACT_TITLES: Mapping[str, str] = MappingProxyType(
    {
        **{step.value: title for step, title in STEP_TITLES.items()},
        "open": N_("opened"),
        "join": N_("findings joined"),
        "follow": N_("followed its ring"),
        "add_ring": N_("ring added"),
        "merge": N_("merged"),
        "take_in": N_("took in a case"),
        "unmerge": N_("separated"),
        "let_go": N_("let a case go"),
        "assign": N_("assigned"),
        "take": N_("taken"),
        "snooze": N_("put aside"),
        "wake": N_("brought back"),
        "diary": N_("date noted"),
        "remind": N_("reminded"),
        "escalate": N_("escalated"),
        "comment": N_("commented"),
        "watch": N_("watched"),
        "unwatch": N_("no longer watched"),
        "task": N_("task added"),
        "task_done": N_("task done"),
        "file": N_("file attached"),
        "take_out_file": N_("file taken out"),
        "question_sheet": N_("question sheet drawn up"),
        "answer": N_("answer entered"),
        "judge_answer": N_("answer judged"),
        "recover": N_("recovery entered"),
        "draw_rereads": N_("second readings drawn"),
        "take_reread": N_("second reading taken"),
        "reread": N_("read again"),
    }
)

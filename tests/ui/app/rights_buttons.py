"""Which buttons stand where and for whom, and the addresses they are looked for at."""

from collections.abc import Callable
from dataclasses import dataclass

from cases.people import Role
from cases.work.stages import STEPS, Stage, StepName
from tests.ui.app.rights_world import Both, main_place
from ui.auth.matrix import pages, roles_of
from ui.auth.roles import Action

ABOUT_THEIRS: dict[str, Callable[[Both], str]] = {
    "ring": lambda both: f"?ring={both.theirs.ring.id}",
    "case": lambda both: f"?case={both.theirs.case}",
    "entity": lambda both: f"?type=institution&id={main_place(both.theirs.ring)}",
    "runs": lambda both: "?part=quarantine",
}
PASS_ON = STEPS[Stage.FIRST_CHECK, StepName.PASS_ON].roles
SECOND_READINGS = roles_of(Action.DRAW_REREADS) | roles_of(Action.REREAD) | roles_of(Action.SEE_BOARD)


@dataclass(frozen=True)
class Button:
    """What stands at an address for whoever may do an act, and for nobody else; `among` narrows whose step it is."""

    view: str
    found_by: str
    action: Action
    among: frozenset[Role] = frozenset(Role)

    @property
    def whose(self) -> frozenset[Role]:
        """The roles it stands there for."""
        return roles_of(self.action) & self.among


BUTTONS = (
    Button("rings", ".st-key-rings-assign button", Action.ASSIGN_RINGS),
    Button("ring", "button:has-text('Show personal data')", Action.REVEAL),
    Button("cases", ".st-key-cases-next button", Action.WORK_CASE),
    Button("cases", "button:has-text('Open by hand')", Action.OPEN_CASE),
    Button("cases", "button:has-text('Numbers')", Action.SEE_BOARD),
    Button("readings", ".st-key-rereads-draw-do button", Action.DRAW_REREADS),
    Button("readings", ".st-key-rereads-take button", Action.REREAD),
    Button("case", "summary:has-text('Note a date')", Action.WORK_CASE),
    Button("case", ".st-key-case-step-pass_on button", Action.STEP_CASE, PASS_ON),
    Button("case", "summary:has-text('Assign')", Action.ASSIGN_CASE),
    Button("case", "summary:has-text('Merge into')", Action.MERGE_CASES),
    Button("case", "button:has-text('Show personal data')", Action.REVEAL),
    Button("hearing", ".st-key-case-sheet-do button", Action.STEP_CASE),
    Button("hearing", ".st-key-case-answer-do button", Action.WORK_CASE),
    Button("hearing", ".st-key-case-answer-accept button", Action.JUDGE_ANSWERS),
    Button("hearing", ".st-key-case-answer-refuse button", Action.JUDGE_ANSWERS),
    Button("referrals", "button:has-text('Begin')", Action.SEND_REFERRALS),
    Button("explorer", "summary:has-text('Export')", Action.EXPORT),
    Button("entity", "button:has-text('Show personal data')", Action.REVEAL),
    Button("identity", ".st-key-identity-keys button", Action.DECIDE_IDENTITIES),
    Button("identity", "button:has-text('Show')", Action.REVEAL),
    Button("evaluation", "button:has-text('Report')", Action.EXPORT),
    Button("runs", "button:has-text('Quarantine')", Action.SEE_QUARANTINE),
    Button("runs", ".st-key-runs-make button", Action.EXPORT_QUARANTINE),
    Button("runs", ".st-key-runs-retry button", Action.RETRY_QUARANTINE),
    Button("ledger", ".st-key-ledger-verify button", Action.SEE_LEDGER),
    Button("accounts", ".st-key-accounts-save button", Action.MANAGE_ACCOUNTS),
)


def views(both: Both) -> dict[str, tuple[str, frozenset[Role]]]:
    """Every page, and parts of pages with buttons of their own: the address, and who finds anything there."""
    found = {
        name: (f"{name}{ABOUT_THEIRS[name](both) if name in ABOUT_THEIRS else ''}", roles_of(action))
        for name, action in pages().items()
    }
    hearing = f"case?case={both.heard}&part=hearing", roles_of(Action.SEE_CASES)
    return found | {"hearing": hearing, "readings": ("cases?view=rereads", SECOND_READINGS)}


def at(address: str, asked: str) -> str:
    """A page's address in English."""
    return f"{address}/{asked}{'&' if '?' in asked else '?'}lang=en"

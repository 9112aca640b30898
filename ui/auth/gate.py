"""The guard: every page and every service call names its action here before it answers."""

from dataclasses import dataclass

from claims.errors import NotFoundError
from claims.language import N_
from ui.auth.errors import NoRightError, PasswordDueError
from ui.auth.journal import Deed, note
from ui.auth.model import Account
from ui.auth.roles import Action, in_region
from ui.auth.schema import writing
from ui.auth.sessions import Sessions, SignedIn

PASSWORD_DUE = N_("Choose a password of your own before you go on.")


@dataclass(frozen=True)
class Gate:
    """One browser's way in. Nothing is remembered: each call asks the table of sessions again."""

    sessions: Sessions
    token: str

    def signed_in(self) -> SignedIn:
        """Return who is there now; SignedOutError when nobody any more."""
        return self.sessions.look(self.token)

    def guard(self, action: Action, region: str | None = None) -> Account:
        """Return the account if it may do `action` (in `region`); a refusal is written down and raised."""
        account = self.signed_in().account
        if account.must_change:
            raise PasswordDueError(PASSWORD_DUE)
        if not account.may(action):
            self._denied(account, action, "")
            raise NoRightError(N_("Your roles do not allow this."))
        if region is not None and not in_region(account.regions, region):
            self._denied(account, action, region)
            raise NoRightError(N_("This lies outside your regions."))
        return account

    def inside(self, action: Action, region: str, unknown: NotFoundError) -> Account:
        """As `guard`; what lies outside the regions answers as what does not exist: `unknown` is raised."""
        self.guard(action)
        try:
            return self.guard(action, region)
        except NoRightError:
            raise unknown from None

    def leave(self) -> None:
        """Sign out, in every tab at once."""
        self.sessions.end(self.token)

    def _denied(self, account: Account, action: Action, region: str) -> None:
        with writing(self.sessions.engine) as connection:
            note(connection, self.sessions.clock(), account.name, Deed.DENIED, subject=action.value, details=region)

"""Why somebody is not let in; every one is a sentence a person reads."""

from claims.errors import RinghoundError


class AccountError(RinghoundError):
    """An account cannot be made or changed as asked."""

    exit_code = 2


class SignInError(RinghoundError):
    """Name and password do not let anybody in (or not now)."""

    exit_code = 5


class SignedOutError(RinghoundError):
    """Nobody is signed in any more: never was, signed out, ran out, or was disabled."""

    exit_code = 5


class PasswordDueError(RinghoundError):
    """The password must be changed before anything else."""

    exit_code = 5


class NoRightError(RinghoundError):
    """Somebody is signed in but may not do this."""

    exit_code = 5

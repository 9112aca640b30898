"""Errors that a person reads: a sentence in the catalogue and the values that offended."""

from claims.language import translate


class RinghoundError(Exception):
    """Base of every error the command line shows as one sentence instead of a traceback.

    `message` is an English catalogue key with `{named}` places; `values` fill them. The text is
    rendered when it is shown, in the language of whoever reads it.
    """

    exit_code = 1

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.values = values

    def __str__(self) -> str:
        return translate(self.message, **self.values)


class LoadRefusedError(RinghoundError):
    """A source is not what it claims to be; nothing was changed."""

    exit_code = 3


class BusyError(RinghoundError):
    """Somebody else holds the workspace; trying again later may work."""

    exit_code = 4


class NotFoundError(RinghoundError):
    """What was named (a version, a node, a file) does not exist."""

    exit_code = 5


class StoreError(RinghoundError):
    """A store could not be reached or written; a re-run repairs what was left."""

    exit_code = 6

"""Why the ledger does not take a leaf or hand out a proof."""

from claims.errors import RinghoundError


class LedgerError(RinghoundError):
    """A leaf could not be written or read; what it should have recorded did not happen."""

    exit_code = 6

"""How often each kind of act is killed in one run of the tests; a longer soak by $RINGHOUND_KILL_CYCLES."""

import os
from collections.abc import Mapping
from types import MappingProxyType

CYCLES: Mapping[str, int] = MappingProxyType(
    {
        "decisions and reveals": 60,  # tests/claims/test_ledger_kill.py
        "decisions and uploads": 100,  # tests/cases/work/test_case_kill.py
        "packages": 40,  # tests/cases/package/test_package_kill.py
        "runs": 20,  # tests/cases/test_store_kill.py
    }
)
PROMISED = 200  # over decisions, uploads and exports, each time the tests run; docs/ledger.md says so


def cycles_of(what: str) -> int:
    """Return how often to kill: every kind as often as the environment says, or as it stands above."""
    return int(os.environ.get("RINGHOUND_KILL_CYCLES") or CYCLES[what])

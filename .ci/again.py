"""Run the few tests that failed beside others once more, alone: a busy machine can be too slow for a browser.

What fails again, fails. More than five at once are no matter of load, and are not run again.
"""

import json
import subprocess
import sys
from pathlib import Path

MOST = 5
NOTED = Path(".pytest_cache/v/cache/lastfailed")

failed = sorted(json.loads(NOTED.read_text("utf-8"))) if NOTED.exists() else []
if not 0 < len(failed) <= MOST:
    sys.exit(1)
sys.stdout.write("\n  ".join(["Failed beside others, run again alone:", *failed]) + "\n")
sys.stdout.flush()
sys.exit(subprocess.run([sys.executable, "-m", "pytest", *failed], check=False).returncode)

"""`schedule`: one run every night, in this process, until it is told to stop.

A night missed while the machine slept is made up for within `GRACE` hours, several missed ones once;
a run that is still going when the next is due is not joined by a second (there is a lock besides).
"""

import logging
import signal
import threading
from collections.abc import Callable
from datetime import datetime, time

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from claims.errors import RinghoundError
from claims.workspace import Workspace
from jobs.run import run
from jobs.status import write_status

log = logging.getLogger(__name__)

GRACE = 6  # hours
JOB = "night"


class Nightly:
    """The schedule of one workspace; `work` is what a night does."""

    def __init__(self, workspace: Workspace, at: time, work: Callable[[Workspace], object] = run) -> None:
        self.workspace = workspace
        self._work = work
        self._over = threading.Event()
        self._scheduler = BackgroundScheduler(daemon=False)
        self._scheduler.add_job(
            self.night,
            CronTrigger(hour=at.hour, minute=at.minute),
            id=JOB,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=GRACE * 3600,
        )

    def night(self) -> None:
        """Do one night; an error ends the night, never the schedule."""
        try:
            self._work(self.workspace)
        except RinghoundError as error:
            log.error("night failed: %s", error)
        except Exception:  # tomorrow is another night; the record of this one is kept
            log.exception("night failed")
        finally:
            write_status(self.workspace, self.next_run)

    @property
    def next_run(self) -> datetime | None:
        """When the next night begins, None before the schedule runs."""
        job = self._scheduler.get_job(JOB)
        found = getattr(job, "next_run_time", None)
        return found if isinstance(found, datetime) else None

    def run_forever(self) -> None:
        """Run until SIGTERM or SIGINT; a night under way is finished first."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop())
        self._scheduler.start()
        write_status(self.workspace, self.next_run)
        log.info("scheduled next=%s", self.next_run)
        self._over.wait()
        self._scheduler.shutdown(wait=True)

    def stop(self) -> None:
        """Ask the schedule to end."""
        self._over.set()

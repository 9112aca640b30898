"""Checks: text in; typed columns, oddities and reasons out. The declaration of a table drives all of them."""

from loaders.checks.judge import Judged, judge
from loaders.checks.reasons import REASONS, reason_text

__all__ = ["REASONS", "Judged", "judge", "reason_text"]

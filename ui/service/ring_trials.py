"""The innocent explanations that a ring's findings were tried against, each once, with what it came to in which."""

from collections.abc import Sequence
from dataclasses import dataclass

from detectors.finding import Finding, Statement


@dataclass(frozen=True)
class Result:
    """What an explanation came to: its sentence, the share it accounts for, the numbers of the findings (from 1)."""

    says: Statement
    explains: float
    findings: tuple[int, ...]


@dataclass(frozen=True)
class Tried:
    """One explanation; `explains` is the largest share it accounts for in any finding."""

    test: str
    explains: float
    results: tuple[Result, ...]


def tried_of(findings: Sequence[Finding]) -> tuple[Tried, ...]:
    """Return every explanation that was tried, the one that accounts for the most first."""
    found: dict[str, dict[tuple[Statement, float], list[int]]] = {}
    for number, finding in enumerate(findings, 1):
        for trial in finding.trials:
            numbers = found.setdefault(trial.test, {}).setdefault((trial.result, trial.explains), [])
            if number not in numbers:
                numbers.append(number)
    tried = (_tried(test, results) for test, results in found.items())
    return tuple(sorted(tried, key=lambda one: (-one.explains, one.test)))


def _tried(test: str, results: dict[tuple[Statement, float], list[int]]) -> Tried:
    told = tuple(Result(says, explains, tuple(numbers)) for (says, explains), numbers in results.items())
    return Tried(test, max(result.explains for result in told), told)

"""Who may do what to cases, as one table made from the rights and the steps themselves."""

from collections.abc import Iterator

from cases.people import Role
from cases.work.rights import RIGHT_ROLES, RIGHT_TITLES
from cases.work.stages import STAGE_TITLES, STEP_TITLES, STEPS
from claims.language import translate

MARK = "×"


def rows() -> Iterator[tuple[str, frozenset[Role]]]:
    """Yield every right, then every step with its stage, titled in the language in force, with its roles."""
    for right, roles in RIGHT_ROLES.items():
        yield translate(RIGHT_TITLES[right]), roles
    for (stage, name), step in STEPS.items():
        yield f"{translate(STAGE_TITLES[stage])}: {translate(STEP_TITLES[name])}", step.roles


def markdown() -> str:
    """Return the table as the documentation holds it."""
    heads = [role.value for role in Role]
    lines = [f"| act | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    for title, roles in rows():
        lines.append(f"| {title} | {' | '.join(MARK if role in roles else '' for role in Role)} |")
    return "\n".join(lines)

"""The command line: one list of commands, one place that turns errors into sentences."""

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import MappingProxyType

import typer
from rich.markup import escape

from claims.errors import RinghoundError
from claims.language import _
from ui.commands.options import errors

# Which files of `ui.commands` make a command. Only those of the command that was typed are
# imported: engines and drivers take seconds to load, and most commands need few of them.
COMMANDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "demo": ("demo",),
        "simulate": ("simulate",),
        "template": ("template",),
        "map": ("map",),
        "load": ("load",),
        "quarantine": ("quarantine",),
        "data": ("data",),
        "graph": ("graph", "graph_neo4j"),
        "neo4j": ("neo4j",),
        "detect": ("detect",),
        "rings": ("rings", "rings_decide"),
        "cases": ("cases", "cases_more"),
        "findings": ("findings",),
        "refer": ("refer",),
        "run": ("run",),
        "runs": ("run",),
        "schedule": ("schedule",),
        "replay": ("replay",),
        "chance": ("chance",),
        "evaluate": ("evaluate",),
        "quarter": ("quarter",),
        "ui": ("ui",),
        "users": ("ui",),
        "explore": ("explore",),
        "search": ("explore",),
        "ledger": ("ledger",),
        "doctor": ("doctor",),
    }
)


def make_app(arguments: Sequence[str] = ()) -> typer.Typer:
    """Return the application with the command named first in `arguments`, or with all of them."""
    app = typer.Typer(
        name="ringhound",
        help=_("Finds and investigates fraud rings in public medical-insurance funds."),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(lambda: None)  # keeps a lone command a sub-command
    wanted = COMMANDS.get(arguments[0] if arguments else "")
    for name in wanted or dict.fromkeys(file for files in COMMANDS.values() for file in files):
        import_module(f"ui.commands.{name}").register(app)
    return app


def main() -> None:
    """Run the command line; known errors become one sentence on standard error and an exit code."""
    try:
        make_app(sys.argv[1:])()
    except RinghoundError as error:
        errors.print(escape(str(error)), style="bold red", soft_wrap=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()

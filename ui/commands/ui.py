"""`ringhound ui` opens the pages in a browser; `ringhound users` manages who may sign in."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table as Grid

from claims.audit import system_user
from claims.language import N_, _, join_words
from claims.workspace import workspace_at
from ui.auth import passwords
from ui.auth.accounts import Accounts, NewAccount
from ui.auth.model import Account
from ui.auth.roles import EVERYWHERE, ROLE_TITLES, Role
from ui.auth.schema import open_engine
from ui.commands.options import WorkspaceOption, console
from ui.config.settings import HOSTS, STORE, STORE_PASSWORD_FILE, from_environment, server_options

PORT = 8501
STOPPING_SECONDS = 10.0
users = typer.Typer(no_args_is_help=True, help=_("Who may sign in to the pages: add, list, disable, roles, password."))

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=_("Name of the account."))]
RoleOption = Annotated[list[Role] | None, typer.Option("--role", help=_("Role; may be given several times."))]
RegionOption = Annotated[
    list[str] | None,
    typer.Option("--region", help=_("Code of a division one sees; may be given several times (default: everywhere).")),
]
PasswordFile = Annotated[
    Path | None, typer.Option("--password-file", help=_("File with the password (default: one is made up)."))
]
NOBODY = N_("Nobody can sign in yet. First: ringhound users add NAME --role administrator")
ADDRESS = N_("The pages are at http://{host}:{port} (end with Ctrl+C).")
ONE_TIME = N_("One-time password of {name}: {password} (it must be changed at the first sign-in).")


def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help=_("Port of the server."))] = PORT,
    host: Annotated[str, typer.Option(help=_("Address to listen on; 127.0.0.1 is this machine only."))] = "127.0.0.1",
    allow: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-host", help=_("Name under which browsers ask for the pages; may be given several times.")
        ),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option(
            "--store", help=_("Graph to read: embedded, or the address of a Neo4j server."), show_default=False
        ),
    ] = None,
    password_file: Annotated[
        Path | None,
        typer.Option(
            help=_("File with the password; without it, the password in $RINGHOUND_NEO4J_PASSWORD."),
        ),
    ] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Start the server of the pages and stay until it ends."""
    place = workspace_at(workspace)
    given = {STORE: store, STORE_PASSWORD_FILE: password_file and str(password_file.resolve())}
    os.environ.update({name: value for name, value in given.items() if value})
    os.environ["RINGHOUND_WORKSPACE"] = str(place.root.resolve())
    names = [*(allow or ()), *([host] if host not in ("0.0.0.0", "::") else [])]  # noqa: S104 - compared, not bound
    os.environ[HOSTS] = ",".join(dict.fromkeys(filter(None, (*os.environ.get(HOSTS, "").split(","), *names))))
    settings = from_environment()
    if settings.oidc is None and not _anybody(workspace):
        console.print(_(NOBODY), style="bold yellow", soft_wrap=True)
    console.print(_(ADDRESS, host=host, port=port), soft_wrap=True)
    sys.exit(serve_until_stopped(command_line(host, port, settings.hosts)))


def serve_until_stopped(command: list[str]) -> int:
    """Run the server until it ends or somebody stops it (Ctrl+C, SIGTERM); it never outlives this process."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    server = subprocess.Popen(command, env=os.environ | {"PYTHONUNBUFFERED": "1"})
    try:
        return server.wait()
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second press while the server ends changes nothing
        return 0  # that is how people end it
    finally:
        server.terminate()
        try:
            server.wait(STOPPING_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()


def command_line(host: str, port: int, hosts: tuple[str, ...]) -> list[str]:
    """Return what starts the server."""
    options = [f"--{name}={value}" for name, value in server_options()]
    own = [f"--server.address={host}", f"--server.port={port}", *(f"--server.allowedHosts={name}" for name in hosts)]
    entry = Path(__file__).resolve().parents[1] / "asgi.py"
    return [sys.executable, "-m", "streamlit", "run", str(entry), *options, *own]


@users.command("add", help=_("Add an account; prints a one-time password unless a file holds one."))
def add(
    name: NameArgument,
    role: RoleOption = None,
    title: Annotated[str, typer.Option("--name", help=_("Name as people read it (default: the account)."))] = "",
    region: RegionOption = None,
    password_file: PasswordFile = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Add an account; prints a one-time password unless a file holds one."""
    password = _password(password_file)
    regions = frozenset(region or (EVERYWHERE,))
    with accounts_of(workspace) as book:
        book.add(NewAccount(name, title, frozenset(role or ()), regions, password), by=system_user())
    _tell(name, password, password_file)


@users.command("list", help=_("List the accounts."))
def list_users(workspace: WorkspaceOption = None) -> None:
    """List the accounts."""
    grid = Grid(box=None, pad_edge=False, header_style="bold")
    for head in (_("account"), _("name"), _("roles"), _("regions"), _("state"), _("last seen")):
        grid.add_column(head)
    with accounts_of(workspace) as book:
        known = book.all()
    for account in known:
        roles = join_words(_(ROLE_TITLES[role]) for role in sorted(account.roles))
        seen = f"{account.seen_at.astimezone():%Y-%m-%d %H:%M}" if account.seen_at else ""
        grid.add_row(account.name, account.title, roles, join_words(sorted(account.regions)), _state(account), seen)
    console.print(grid)


@users.command("disable", help=_("Shut an account out at once, in every open page; --undo lets it in again."))
def disable(
    name: NameArgument,
    undo: Annotated[bool, typer.Option("--undo", help=_("Let the account in again."))] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Shut an account out at once, in every open page; --undo lets it in again."""
    with accounts_of(workspace) as book:
        book.set_disabled(name, not undo, by=system_user())
    said = N_("{name} may sign in again.") if undo else N_("{name} is signed out everywhere and cannot sign in.")
    console.print(_(said, name=name), markup=False)


@users.command("role", help=_("Give an account exactly these roles (and regions, if any are named)."))
def role(
    name: NameArgument, role: RoleOption = None, region: RegionOption = None, workspace: WorkspaceOption = None
) -> None:
    """Give an account exactly these roles (and regions, if any are named)."""
    with accounts_of(workspace) as book:
        regions = frozenset(region) if region else book.get(name).regions
        book.set_rights(name, role or (), regions, by=system_user())
    roles = join_words(_(ROLE_TITLES[one]) for one in sorted(role or ())) or _("no role")
    console.print(_("{name}: {roles}", name=name, roles=roles), markup=False)


@users.command("password", help=_("Give an account a new one-time password and sign it out everywhere."))
def password(name: NameArgument, password_file: PasswordFile = None, workspace: WorkspaceOption = None) -> None:
    """Give an account a new one-time password and sign it out everywhere."""
    new = _password(password_file)
    with accounts_of(workspace) as book:
        book.set_password(name, new, by=system_user(), must_change=True)
    _tell(name, new, password_file)


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("ui", help=_("Open the pages: a server on this machine, for a browser."))(serve)
    app.add_typer(users, name="users")


@contextmanager
def accounts_of(workspace: Path | None) -> Iterator[Accounts]:
    """Open the accounts of a workspace, as the settings say where they are; a command leaves no connection behind."""
    os.environ["RINGHOUND_WORKSPACE"] = str(workspace_at(workspace).root.resolve())
    engine = open_engine(from_environment().accounts)
    try:
        yield Accounts(engine)
    finally:
        engine.dispose()


def _anybody(workspace: Path | None) -> bool:
    with accounts_of(workspace) as book:
        return bool(book.all())


def _password(file: Path | None) -> str:
    return passwords.invented() if file is None else file.read_text("utf-8").strip("\r\n")


def _tell(name: str, password: str, file: Path | None) -> None:
    if file is None:
        console.print(_(ONE_TIME, name=name, password=password), markup=False, soft_wrap=True)
    else:
        console.print(_("{name} can sign in and must choose a password then.", name=name), markup=False)


def _state(account: Account) -> str:
    return (
        _("disabled") if account.disabled_at else _("must change the password") if account.must_change else _("active")
    )

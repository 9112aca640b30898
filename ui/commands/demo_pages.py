"""The end of the demonstration: an account for each role, and the pages open at an address that is printed."""

import socket
from pathlib import Path

from rich.markup import escape
from rich.table import Table as Grid

from claims.audit import system_user
from claims.errors import BusyError
from claims.language import N_, _, language
from claims.workspace import Workspace
from ui.auth import passwords
from ui.auth.accounts import Accounts, NewAccount
from ui.auth.roles import ROLE_TITLES, Role
from ui.commands.options import console
from ui.commands.ui import PORT, accounts_of, serve

HOST = "127.0.0.1"
PORTS = 20  # tried from the usual one on

ONCE = N_("One account for each role. The passwords are shown only now; they are kept as hashes, nowhere in clear:")
KEPT = N_(
    "The accounts of the first run are used again: {names}. A new password: ringhound users password NAME -w {root}"
)
NO_PORT = N_(
    "No port from {first} to {last} is free; end another server, or open the pages with: ringhound ui --port N"
)


def open_pages(workspace: Workspace) -> None:
    """Make the accounts that are missing, print them once, and serve until Ctrl+C."""
    with accounts_of(workspace.root) as book:
        made = _made(book)
    _tell(workspace.root, *made)
    serve(port=free_port(PORT), host=HOST, workspace=workspace.root)


def free_port(first: int) -> int:
    """Return the first port from `first` on that nobody listens on; BusyError where none of some is free."""
    for port in range(first, min(first + PORTS, 65536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a server that just ended is no hindrance
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise BusyError(NO_PORT, first=first, last=first + PORTS - 1)


def _made(book: Accounts) -> tuple[dict[Role, str], list[str]]:
    """Make the accounts that are missing; return their passwords by role, and the names that were there."""
    known = {account.name for account in book.all()}
    new: dict[Role, str] = {}
    for role in Role:
        if role.value not in known:
            new[role] = passwords.invented()
            title = _(ROLE_TITLES[role])
            account = NewAccount(role.value, title, frozenset({role}), password=new[role], must_change=False,
                                 language=language())  # fmt: skip
            book.add(account, by=system_user())
    return new, [role.value for role in Role if role not in new]


def _tell(root: Path, new: dict[Role, str], kept: list[str]) -> None:
    if new:
        console.print(_(ONCE), soft_wrap=True)
        grid = Grid(box=None, pad_edge=False, header_style="bold")
        for head in (_("account"), _("password"), _("role")):
            grid.add_column(head)
        for role, password in new.items():
            grid.add_row(role.value, escape(password), _(ROLE_TITLES[role]))
        console.print(grid)
    if kept:
        console.print(_(KEPT, names=", ".join(kept), root=root.resolve()), markup=False, soft_wrap=True)

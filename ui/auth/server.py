"""What the server of the pages is made of besides Streamlit: the door, the headers, and errors that stay in the log."""

import logging
from dataclasses import dataclass
from typing import Any

from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from ui.auth.addresses import Addresses
from ui.auth.doorkeeper import Doorkeeper
from ui.auth.headers import SecurityHeaders
from ui.auth.routes import routes
from ui.config.settings import FOLDER, Settings
from ui.pages.navigation import built
from ui.pages.states import broken
from ui.service.house import House

STYLES = {"blank.json": "blank_style.json", "icon.svg": "icon.svg"}
log = logging.getLogger("ringhound.pages")


@dataclass(frozen=True)
class Server:
    """Routes and middleware for `st.App`, as the settings of a house have them."""

    house: House

    @property
    def settings(self) -> Settings:
        """How the house is set up."""
        return self.house.settings

    @property
    def middleware(self) -> list[Middleware]:
        """Outermost first. With an identity provider its page is the door, and Streamlit's own cookie the key."""
        hosts = Middleware(TrustedHostMiddleware, allowed_hosts=self.settings.hosts, www_redirect=False)
        door = Middleware(Doorkeeper, sessions=lambda: self.house.sessions)
        pages = Middleware(Addresses, pages=lambda: [place.name for place in built()])
        return [Middleware(SecurityHeaders), hosts, *([door] if self.settings.oidc is None else ()), pages]

    @property
    def routes(self) -> list[BaseRoute]:
        """The door's own pages, and the few files pages refer to."""
        door = routes(lambda: self.house.sign_in) if self.settings.oidc is None else ()
        return [*door, Route("/style/{name}", _style), Route("/desk", _desk)]

    @property
    def secrets(self) -> dict[str, Any]:
        """What `st.login` needs."""
        return {} if self.settings.oidc is None else {"auth": dict(self.settings.oidc.credentials)}


async def _style(request: Request) -> Response:
    name = STYLES.get(request.path_params["name"])
    return FileResponse(FOLDER / name) if name else Response(status_code=404)


async def _desk(request: Request) -> Response:
    """The first page has no name of its own in the address; whoever types one is led to it, not told it is missing."""
    query = request.url.query
    return RedirectResponse(f"/?{query}" if query else "/", status_code=307)


def told(error: Exception) -> bool:
    """Write a failure to the log and say one sentence in its place; the trace never reaches a browser."""
    log.error("a page failed", exc_info=error)
    broken()
    return True

"""An address that is no page leads to the desk with a sentence, not to Streamlit's own page in English."""

from collections.abc import Callable, Collection

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NOWHERE = "nowhere"  # the parameter with which the desk says so
OURS = ("/sign/",)


class Addresses:
    """Streamlit answers whatever it does not know with its page; for what is no page of ours the desk is shown."""

    def __init__(self, app: ASGIApp, pages: Callable[[], Collection[str]]) -> None:
        self.app = app
        self.pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; take the answer's place where it is a page at an address that has none."""
        path = scope["path"] if scope["type"] == "http" else "/"
        if path.strip("/") in ("", *self.pages()) or path.startswith(OURS):
            await self.app(scope, receive, send)
            return
        led = False

        async def lead(message: Message) -> None:
            nonlocal led
            if message["type"] == "http.response.start":
                kind = Headers(raw=message["headers"]).get("content-type", "")
                led = message["status"] == 200 and kind.startswith("text/html")
                if led:
                    await RedirectResponse(f"/?{NOWHERE}=1", status_code=303)(scope, receive, send)
            if not led:
                await send(message)

        await self.app(scope, receive, lead)

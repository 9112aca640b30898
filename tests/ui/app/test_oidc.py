"""Signing in at an identity provider: a real one-page provider on this machine, a real browser, `st.login`."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Page

from claims.workspace import Workspace
from tests.ui.app import test_browser
from tests.ui.app.test_browser import idle
from ui.auth.accounts import Accounts
from ui.auth.roles import Role
from ui.auth.schema import open_engine

pytestmark = pytest.mark.browser
SETTINGS = """
redirect_uri = "http://localhost:{port}/oauth2callback"
cookie_secret = "only for this test: 0123456789abcdef"
client_id = "ringhound"
client_secret = "only for this test"
server_metadata_url = "{provider}/.well-known/openid-configuration"
default_regions = ["*"]

[roles]
desk-lead = "lead"
"""


@contextmanager
def provided() -> Iterator[str]:
    """The provider in a process of its own: it uses modules that warn of their age."""
    port = test_browser.free_port()
    process = subprocess.Popen([sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)])
    url = f"http://localhost:{port}"
    try:
        for _ in range(300):
            with suppress(OSError), urlopen(f"{url}/.well-known/openid-configuration", timeout=2):
                break
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(10)


def know(provider: str, subject: str, roles: list[str]) -> None:
    """Tell the provider of somebody."""
    claims = {"name": subject.title(), "roles": roles}
    request = Request(f"{provider}/users/{subject}", json.dumps(claims).encode(), method="PUT")
    request.add_header("content-type", "application/json")
    urlopen(request).close()


def log_in(page: Page, url: str, subject: str) -> None:
    page.goto(url)
    idle(page)
    page.get_by_role("button").first.click()
    page.locator("input[name=sub]").fill(subject)
    page.get_by_role("button").first.click()
    page.wait_for_url(url + "/**")
    idle(page)


def test_the_provider_lets_in_who_has_a_role(tmp_path: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = Workspace(tmp_path)
    port = test_browser.free_port()
    with provided() as provider:
        monkeypatch.setattr(test_browser, "free_port", lambda: port)
        know(provider, "gao", ["desk-lead"])
        know(provider, "nobody", ["cook"])
        settings = tmp_path / "oidc.toml"
        settings.write_text(SETTINGS.format(port=port, provider=provider))
        with test_browser.served(workspace, tmp_path / "server.log", RINGHOUND_OIDC=str(settings), RINGS="30"):
            url = f"http://localhost:{port}"
            context = browser.new_context(locale="en-US", reduced_motion="reduce")
            page = context.new_page()
            log_in(page, url, "gao")
            page.get_by_text("Gao").first.wait_for()
            book = Accounts(open_engine(workspace.cases))
            (account,) = book.all()
            assert (account.roles, account.external) == ({Role.LEAD}, True)
            other = context.new_page()
            other.goto(url + "/rings")
            idle(other)
            other.get_by_test_id("stDataFrame").wait_for()
            book.end_sessions(account.name, by="test")
            other.get_by_text("English").click()  # a new account reads Chinese, so this asks the server again
            idle(other)
            assert other.get_by_test_id("stDataFrame").count() == 0
            context.close()
            stranger = browser.new_context(locale="en-US").new_page()
            log_in(stranger, url, "nobody")
            stranger.get_by_text("no role or no region").wait_for()
            book.engine.dispose()

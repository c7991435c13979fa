"""Fixtures for the tests of the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page
from starlette.testclient import TestClient

from citewell import Assistant
from citewell.web.auth.accounts import AccountStore
from tests.support import pages
from tests.support.accounts import PHRASE, QUICK
from tests.support.applications import HOME, made
from tests.support.cases import others_long
from tests.support.costs import Application
from tests.support.pages import SIZES, Look


@pytest.fixture
def store(tmp_path: Path) -> AccountStore:
    """A maintainer and a reader."""
    store = AccountStore(tmp_path / "accounts.json", QUICK)
    store.add("ada", "maintainer", PHRASE)
    store.add("bob", "reader", PHRASE)
    return store


@pytest.fixture
def app(assistant: Assistant, store: AccountStore) -> FastAPI:
    """The real application over the bundled corpus, with accounts."""
    return made(assistant, accounts=store)


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app, HOME, follow_redirects=False)


@pytest.fixture(scope="session")
def open_client(assistant: Assistant) -> TestClient:
    """A visitor of the page on this machine, where there are no accounts."""
    return TestClient(made(assistant), HOME, follow_redirects=False)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Have tests of what depends on the size of the window run at every size, and all others at the first."""
    if "window" in metafunc.fixturenames:
        every = metafunc.definition.get_closest_marker("every_size")
        sizes = others_long(pytest.param(size, id=name) for name, size in SIZES.items())
        metafunc.parametrize("window", sizes if every else sizes[:1], indirect=True, scope="session")


@pytest.fixture(scope="session")
def window(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A window of a size, which keeps what it has once loaded."""
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    yield context
    context.close()


@pytest.fixture(params=others_long([pytest.param(False, id="here"), pytest.param(True, id="everywhere")]))
def sound(request: pytest.FixtureRequest) -> Look:
    """What checks that a view is sound: as it is, or at every size, in light and dark."""
    return pages.sound if request.param else pages.sound_here


@pytest.fixture
def page(window: BrowserContext) -> Iterator[Page]:
    """A page in a window. No script of it fails, nothing breaks its policy, and nothing is asked of another machine."""
    page = window.new_page()
    errors: list[str] = []
    asked: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
    # Where a test goes itself is its own affair.
    page.on("request", lambda request: None if request.is_navigation_request() else asked.append(request.url))
    yield page
    hacked = page.evaluate("window.hacked ?? null")
    page.close()
    window.clear_cookies()
    window.clear_permissions()
    assert errors == []
    assert hacked is None
    hosts = {urlsplit(url).hostname for url in asked if not url.startswith(("data:", "blob:", "about:"))}
    assert hosts <= {"127.0.0.1"}


@pytest.fixture(scope="session")
def plain_app(assistant: Assistant) -> Iterator[Application]:
    """The application without accounts, asked without any client between."""
    application = Application(made(assistant))
    yield application
    application.close()

"""The documentation: its examples work and print what it shows, and its site is whole."""

from __future__ import annotations

import importlib.util
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from playwright.sync_api import Browser
from typer.main import get_command

from citewell import __all__ as citewell_names
from citewell.cli.app import app
from citewell.settings import Settings
from tests.support.cases import others_long
from tests.support.commands import citewell
from tests.support.consoles import Step, differs, steps
from tests.support.environment import ROOT
from tests.support.pages import no_violations
from tests.support.shared import shared

PAGES = {
    file.stem: found
    for file in sorted((ROOT / "docs").glob("*.md"))
    if (found := [step for step in steps(file.read_text(encoding="utf-8")) if not step.command.startswith("python ")])
    and file.stem != "commands"
}
# What most pages type first.
BEGINNING = ("citewell example", "citewell index")


class Shell:
    """Where the commands of a page are typed.

    What was typed first is the same on many pages: its folder is copied then.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[str, ...], tuple[Path, list[str]]] = {}

    def faults(self, found: list[Step], folder: Path) -> list[str]:
        """Type commands, and return what they do otherwise than the page says."""
        first = tuple(step.command for step in found[:2])
        if first == BEGINNING and first in self._kept:
            before, printed = self._kept[first]
            shutil.copytree(before, folder, dirs_exist_ok=True)
        else:
            printed = [_typed(command, folder) for command in first]
            if first == BEGINNING:
                before = folder.with_name(f"{folder.name}-begun")
                shutil.copytree(folder, before)
                self._kept[first] = before, printed
        printed = [*printed, *(_typed(step.command, folder) for step in found[2:])]
        told = ((step, differs(step.printed or "", text)) for step, text in zip(found, printed, strict=True))
        return [f"line {step.line}: {step.command}\n{fault}" for step, fault in told if fault]


@pytest.fixture(scope="module")
def shell() -> Shell:
    """The shell of all pages."""
    return Shell()


def _typed(command: str, folder: Path) -> str:
    """Return what a command prints."""
    words = shlex.split(command)
    if words[0] == "citewell":
        done = citewell(*words[1:], cwd=folder)
    else:
        done = subprocess.run(["bash", "-c", command], cwd=folder, check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stderr}"
    return done.stdout + done.stderr


@pytest.mark.long
@pytest.mark.parametrize("page", others_long(PAGES))
def test_the_examples_of_a_page_work_and_print_what_it_shows(page: str, shell: Shell, tmp_path: Path) -> None:
    assert shell.faults(PAGES[page], tmp_path) == []


@pytest.fixture(scope="module")
def site() -> Path:
    """The site, built as by `make docs`: strictly, so that a link that leads nowhere fails."""
    return shared("site", build_site) / "site"


def build_site(folder: Path) -> None:
    """Build the site in a folder."""
    done = subprocess.run(
        [sys.executable, "docs/website.py", "--to", str(folder)], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def served_folder(folder: Path) -> Iterator[str]:
    """Serve the files of a folder, and yield the address."""

    class Files(SimpleHTTPRequestHandler):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments, directory=str(folder))

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Files) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_every_command_setting_and_name_is_on_the_site(site: Path) -> None:
    told = {
        name: {node.get("id") for node in html.parse(site / name / "index.html").iter() if node.get("id")}
        for name in ("commands", "python")
    }
    commands = [name for name, command in get_command(app).commands.items() if not command.hidden]  # type: ignore[attr-defined]
    assert {f"citewell-{name}" for name in commands} - told["commands"] == set()
    assert {f"citewell.{name}" for name in citewell_names if name != "__version__"} - told["python"] == set()
    settings = (site / "settings" / "index.html").read_text(encoding="utf-8")
    assert [
        name for name in Settings.model_fields if f"<code>{name}</code>" not in settings and f"[{name}]" not in settings
    ] == []


def test_a_link_that_leads_nowhere_is_noticed(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("website", ROOT / "docs" / "website.py")
    assert spec
    assert spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    (tmp_path / "index.html").write_text("<a href='gone.html'>a</a><a href='#there' id='there'>b</a><img src='x.png'>")
    assert [*script.broken_links(tmp_path)] == [
        "index.html: a href='gone.html' leads nowhere",
        "index.html: img src='x.png' leads nowhere",
    ]


@pytest.mark.parametrize("name", others_long(["", "tutorial/", "python/"]))
def test_the_site_can_be_used_by_everyone(site: Path, browser: Browser, name: str) -> None:
    with served_folder(site) as url:
        page = browser.new_page(color_scheme="light")
        page.goto(url + name)
        # On a phone, wide tables and code can be scrolled, also by the keyboard.
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 800})
            no_violations(page)
        page.emulate_media(color_scheme="dark")
        no_violations(page, runOnly=["color-contrast"])
        page.close()

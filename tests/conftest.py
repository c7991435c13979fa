"""What tests share: the real model, prepared once; a real index of the bundled corpus; a real chat in a real browser."""

from __future__ import annotations

import ctypes
import gc
import os
import shutil
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

# Before anything that it concerns is imported.
from tests.support.environment import CACHE, IS_FIRST

# isort: split
import hypothesis
import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from citewell import Assistant, IndexFolder, Settings, build
from citewell.encoder import encoding
from citewell.encoder.encoding import Encoder
from citewell.encoder.preparing import prepare
from tests.support import indexes
from tests.support.calibrations import calibrated
from tests.support.commands import Served, end_commands
from tests.support.encoders import prepared_model, shared_encoder
from tests.support.pages import HOSTILE, chromium
from tests.support.postgres import needed, server
from tests.support.servers import hosted

pytest_plugins = ["pytester"]
# The same commit gives the same verdict; `pytest --hypothesis-profile=default` goes on looking.
# How long an example takes is no reason to fail, either: that is the machine's.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
# Hours rather than minutes: all shapes, many more examples, and files that reach the real limits.
hypothesis.settings.register_profile("long", max_examples=20_000, deadline=None)
hypothesis.settings.load_profile("repeatable")
# A busy machine is no reason to fail: with eleven processes on two cores, one expectation took more than 15 seconds.
expect.set_options(timeout=60_000)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors, because some tests wait."""
    chosen = os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS")
    return int(chosen) if chosen else (os.cpu_count() or 1) + 1


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Import all test modules without looking for garbage, of which modules leave little."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put first what takes longest."""
    items.sort(key=lambda item: item.get_closest_marker("first") is None)


def pytest_collection_finish() -> None:
    """Keep torch out of the processes whose tests do not need it: each of them reads all test modules."""
    if "torch" in sys.modules:
        raise pytest.UsageError("torch is imported while tests are collected; import it in the tests that need it")
    # What is there now stays: it need not be looked through for garbage again and again.
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    end_commands()
    if IS_FIRST:
        shutil.rmtree(CACHE, ignore_errors=True)


def pytest_citewell_index() -> Path:
    """Tell Citewell's own plugin which index the questions in tests/questions are put to."""
    return indexes.bundled()


@pytest.fixture(scope="session")
def long(pytestconfig: pytest.Config) -> bool:
    """Whether `pytest --hypothesis-profile=long` asked for what takes long."""
    return bool(pytestconfig.getoption("--hypothesis-profile") == "long")


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The bundled model, prepared as any user's is."""
    return encoding.open_encoder(prepared_model())


@pytest.fixture(scope="session", autouse=True)
def one_encoder() -> Iterator[None]:
    """Have all that runs in this process share the bundled model."""
    with shared_encoder():
        yield


@pytest.fixture(autouse=True)
def applications_end() -> Iterator[None]:
    """Let go of the applications of a test: FastAPI remembers thousands of functions, and so whatever those belong to."""
    yield
    remembering = sys.modules.get("fastapi.dependencies.models")
    for each in list(vars(remembering).values()) if remembering else []:
        if hasattr(each, "cache_clear"):
            each.cache_clear()


@pytest.fixture(scope="module", autouse=True)
def memory_is_given_back() -> Iterator[None]:
    """Have the C library give back what a module has freed; else the peaks of modules add up in a process."""
    yield
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)


@pytest.fixture(scope="module")
def calibrated_by_few() -> Iterator[None]:
    """Have builds calibrate with few questions, which takes most of a small one: where the curve does not matter."""
    with calibrated(by_all=False):
        yield


@pytest.fixture
def prepared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a build that makes everything again take the model as it is prepared already, which takes seconds otherwise."""
    monkeypatch.setattr("citewell.building.building.prepare", lambda model, **_: prepare(model))


@pytest.fixture(scope="session")
def bundled_index(encoder: Encoder) -> Path:
    """An index of the bundled corpus, for reading only."""
    assert encoder.card.runtime == "openvino"
    return indexes.bundled()


@pytest.fixture(scope="session")
def assistant(bundled_index: Path) -> Assistant:
    """An assistant over the bundled corpus."""
    return Assistant(IndexFolder(bundled_index))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A small corpus that a test may change: three files, one of them in a subfolder."""
    return indexes.write_small_corpus(tmp_path / "corpus")


@pytest.fixture
def index(corpus: Path, tmp_path: Path, encoder: Encoder) -> IndexFolder:
    """An index of the small corpus."""
    assert encoder.card.dimension
    folder = IndexFolder(tmp_path / "index")
    build(corpus, folder, Settings())
    return folder


@pytest.fixture(scope="session")
def chat_url(bundled_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The web chat over the bundled corpus, started as a user starts it; what readers say is kept in a copy of the index."""
    with Served(Path(shutil.copytree(bundled_index, tmp_path_factory.mktemp("chat") / "index")), fresh=True) as url:
        yield url


@pytest.fixture(scope="session")
def hostile_url(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[str]:
    """The web chat over a corpus that tries to run in the reader's browser."""
    assert encoder.card.dimension
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "corpus").mkdir()
    (folder / "corpus" / "${alert(1)}<img src=x onerror=alert(2)>.txt").write_text(HOSTILE, encoding="utf-8")
    (folder / "corpus" / "plain.txt").write_text("Plain\n\nHarmless words stand here.\n", encoding="utf-8")
    build(folder / "corpus", IndexFolder(folder / "index"), Settings())
    with hosted(folder / "index") as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium())
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server with pgvector, for all tests of the process."""
    needed()
    with server() as address:
        yield address

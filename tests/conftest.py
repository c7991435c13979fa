"""What tests share: the real model, prepared once; a real index of the bundled corpus; a real chat in a real browser."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeVar

# Each of the processes of a run computes with one thread: more would wait for each other, and spin while they do.
os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"), "1"))
# Before anything imports a hub client: tests never reach for the network.
os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", GRADIO_ANALYTICS_ENABLED="False")
# One for all processes of a run, so that the model is prepared once; the first of them removes it.
_FIRST = "CITEWELL_TESTS_CACHE" not in os.environ
_CACHE = os.environ.setdefault("CITEWELL_TESTS_CACHE", tempfile.mkdtemp(prefix="citewell-tests-") if _FIRST else "")
os.environ["CITEWELL_CACHE"] = _CACHE

import anyio
import hypothesis
import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from citewell import Assistant, IndexFolder, Settings, build
from citewell.encoder import encoding, models
from citewell.encoder.encoding import Encoder, Vectors
from citewell.encoder.models import Card
from citewell.encoder.preparing import prepare
from tests.faults.processes import Command, Prepared

Result = TypeVar("Result")
pytest_plugins = ["pytester"]
# The same commit gives the same verdict; `pytest --hypothesis-profile=default` goes on looking.
# How long an example takes is no reason to fail, either: that is the machine's.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
# Hours rather than minutes: all shapes, many more examples, and files that reach the real limits.
hypothesis.settings.register_profile("long", max_examples=20_000, deadline=None)
hypothesis.settings.load_profile("repeatable")
# A busy machine is no reason to fail.
expect.set_options(timeout=15_000)
ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "corpus"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors, because some tests wait."""
    chosen = os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS")
    return int(chosen) if chosen else (os.cpu_count() or 1) + 1


def pytest_unconfigure() -> None:
    if commands.cache_info().currsize:
        commands().close()
        shutil.rmtree(commands().folder, ignore_errors=True)
    if _FIRST:
        shutil.rmtree(_CACHE, ignore_errors=True)


@pytest.fixture(scope="session")
def long(pytestconfig: pytest.Config) -> bool:
    """Whether `pytest --hypothesis-profile=long` asked for what takes long."""
    return bool(pytestconfig.getoption("--hypothesis-profile") == "long")


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The bundled model, prepared as any user's is."""
    return encoding.open_encoder(prepare(None))


@pytest.fixture(scope="session", autouse=True)
def one_encoder() -> Iterator[None]:
    """Have all that runs in this process share the bundled model once it is open: loading it is most of a small build."""
    opened = encoding.open_encoder
    shared: dict[tuple[object, ...], Encoder] = {}

    def open_once(card: Card) -> Encoder:
        if card.runtime == "sentence-transformers":
            return opened(card)
        # What was damaged since is still found.
        files = [models.prepared_folder(card.identity) / name for name in card.files]
        stamps = [(file.stat().st_mtime_ns, file.stat().st_size) if file.is_file() else None for file in files]
        key = (*files, *card.files.values(), *stamps)
        if key not in shared:
            shared[key] = _Remembering(opened(card))
        return shared[key]

    with pytest.MonkeyPatch.context() as patch:
        for module in ("building.building", "assistant"):
            patch.setattr(f"citewell.{module}.open_encoder", open_once)
        yield


@pytest.fixture(autouse=True)
def applications_end() -> Iterator[None]:
    """Let go of the applications of a test: FastAPI remembers thousands of functions, and so whatever those belong to."""
    yield
    remembering = sys.modules.get("fastapi.dependencies.models")
    for each in list(vars(remembering).values()) if remembering else []:
        if hasattr(each, "cache_clear"):
            each.cache_clear()


@pytest.fixture
def prepared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a build that makes everything again take the model as it is prepared already, which takes seconds otherwise."""
    monkeypatch.setattr("citewell.building.building.prepare", lambda model, **_: prepare(model))


class _Remembering:
    """An encoder that knows the vectors of the everyday questions, to which every build is held, once it has made them."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._vectors = lru_cache(maxsize=4)(lambda texts: encoder.encode_queries(texts))

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._vectors(tuple(texts)).copy()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._encoder, name)


@cache
def _bundled_index() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="bundled-", dir=_CACHE))
    build(CORPUS, IndexFolder(folder), Settings())
    return folder


def pytest_citewell_index() -> Path:
    """Tell Citewell's own plugin which index the questions in tests/questions are put to."""
    return _bundled_index()


@pytest.fixture(scope="session")
def bundled_index(encoder: Encoder) -> Path:
    """An index of the bundled corpus, for reading only."""
    assert encoder.card.runtime == "openvino"
    return _bundled_index()


@pytest.fixture(scope="session")
def assistant(bundled_index: Path) -> Assistant:
    """An assistant over the bundled corpus."""
    return Assistant(IndexFolder(bundled_index))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A small corpus that a test may change: three files, one of them in a subfolder."""
    folder = tmp_path / "corpus"
    (folder / "animals").mkdir(parents=True)
    (folder / "moon.txt").write_text(
        "The Moon\n\nThe Moon goes round the Earth in about twenty-seven days. It has no air.\n", encoding="utf-8"
    )
    (folder / "animals" / "otters.md").write_text(
        "# Otters\n\n## Food\n\nOtters eat fish and crabs. They hunt at night.\n\n"
        "## Play\n\nOtters slide down muddy banks for fun.\n",
        encoding="utf-8",
    )
    (folder / "animals" / "bees.txt").write_text(
        "Bees\n\nA honey bee tells others of flowers by dancing. The dance gives the direction.\n", encoding="utf-8"
    )
    return folder


def citewell(
    *arguments: str | Path, cwd: Path | None = None, typed: str | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run the real command line in a process of its own, with what a person types into it.

    Args:
        arguments: Its arguments.
        cwd: Where it runs.
        typed: What is typed.
        options: On Linux, what `Prepared.start` takes besides.
    """
    environment, folder = dict(os.environ), str(cwd or ROOT)
    if sys.platform == "linux":
        done = commands().run(*arguments, typed=typed or "", environment=environment, folder=folder, **options)
        assert done.status is not None
        return subprocess.CompletedProcess([*map(str, arguments)], done.status, done.output, done.messages)
    command = [sys.executable, "-m", "citewell.cli", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", cwd=folder, input=typed, check=False
    )


@cache
def commands() -> Prepared:
    """A process that has imported everything, from which commands are forked: importing is most of a short command."""
    return Prepared(Path(tempfile.mkdtemp(prefix="citewell-commands-")))


def run_async(function: Callable[..., Awaitable[Result]], *arguments: Any) -> Result:
    """Run a coroutine in a thread of its own: where a browser is open, Playwright's loop runs in the tests' thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(anyio.run, function, *arguments).result()


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


HOSTILE = (
    "<img src=x onerror=window.hacked=1> ${window.hacked=2} {{hacked}}\n\n"
    "Payload <script>window.hacked=3</script> ${7*7}\n\n"
    "Badgers dig burrows </mark></blockquote><img src=x onerror=window.hacked=4> and `${window.hacked=5}` sleep by day. "
    "A badger sett {{7*7}} is <b>not bold</b> & has <a href='javascript:window.hacked=6'>tunnels</a>.\n"
)


_CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium; the one without windows takes less than half of the time for a page."""
    program = next(filter(None, map(shutil.which, _CHROMIUMS)), None)
    if program is None:
        pytest.fail("the browser tests need Chromium: apt-get install chromium-headless-shell")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_CHROMIUM_FLAGS)
        yield browser
        browser.close()


@contextmanager
def hosted(index: Path, **options: Any) -> Iterator[str]:
    """The web chat over an index, in this process, which starts at once: for what the page does, however it was started.

    Args:
        index: The index.
        options: Those of `Server`.
    """
    # Gradio takes seconds to import, which tests of other things need not wait for.
    from citewell.web import Server

    with Server(Assistant(IndexFolder(index)), host="127.0.0.1", port=0, **options) as server:
        yield server.url


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class _Alone:
    """A command in a process that imports everything itself, where none can be forked."""

    def __init__(self, arguments: list[str], log: Path) -> None:
        # A file and no pipe, which would be full one day and hold the server up.
        self._log = log
        with log.open("wb") as stderr:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "citewell.cli", *arguments], stderr=stderr, cwd=ROOT
            )

    @property
    def messages(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def ended(self) -> bool:
        return self._process.poll() is not None

    def end(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)


class Served:
    """The web chat over an index, in a process of its own, for as long as the block lasts."""

    def __init__(self, index: Path, *options: str, port: int | None = None, fresh: bool = False) -> None:
        port = port or free_port()
        self.url = f"http://127.0.0.1:{port}/"
        arguments = ["chat", "--index", str(index), "--port", str(port), *options]
        self._command: Command | _Alone
        if sys.platform == "linux":
            self._command = commands().start(*arguments, environment=dict(os.environ), fresh=fresh)
        else:
            self._command = _Alone(arguments, Path(_CACHE, f"chat-{port}.log"))

    @property
    def log(self) -> str:
        """What it has written to stderr so far."""
        return self._command.messages

    def __enter__(self) -> str:
        for _ in range(300):
            if self._command.ended():
                raise RuntimeError(f"the chat did not start: {self.log}")
            try:
                with urllib.request.urlopen(self.url) as response:
                    assert response.status == 200
                    return self.url
            except urllib.error.HTTPError:
                # It asks who we are, so it is there.
                return self.url
            except urllib.error.URLError:
                time.sleep(0.2)
        raise RuntimeError("the chat did not answer within a minute")

    def __exit__(self, *_error: object) -> None:
        self._command.end()
        if isinstance(self._command, Command):
            assert self._command.status != -signal.SIGKILL, "the chat does not end when it is told to"

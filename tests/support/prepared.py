"""A process that has imported Citewell and waits, so that a command starts at once: each is a fork that runs the command line.

    python -m tests.support.prepared

Orders come as lines of JSON on stdin, replies go to stdout. What a command leaves behind becomes a child of this process
(``PR_SET_CHILD_SUBREAPER``), and so is seen. It ends with its stdin, and ends what it started. Linux only.
"""

from __future__ import annotations

import atexit
import ctypes
import datetime
import gc
import importlib
import json
import os
import pkgutil
import signal
import sys
import threading
import time
import traceback
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

_SUBREAPER = 36
# Of prctl(2) and capabilities(7).
_KEEP_POWERS, _BOUNDING_DROP, _AMBIENT, _AMBIENT_RAISE = 8, 24, 47, 2
_OVERRIDE, _READ_ALL = 1, 2
_CAPABILITIES = 0x20080522
# Root without the power over rights, as the ``user`` of a command.
BOUND = "bound"
# These import torch, pytest, a driver or the frameworks that they connect to, which no command of these needs.
_LEFT_OUT = (
    "citewell.encoder.converting",
    "citewell.encoder.quantising",
    "citewell.evaluation.plugin",
    "citewell.index.postgres.",
    "citewell.integrations.",
    "citewell.postgres.",
    "citewell.state.postgres.",
)


def main() -> None:
    """Take orders until there are no more."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    _import_all()
    # A fork copies only the thread that forks, and the locks that others hold with it: held for ever.
    assert threading.active_count() == 1, threading.enumerate()
    # What is there now is never looked through for garbage, which would copy it in each fork.
    gc.collect()
    gc.freeze()
    helper = _Helper()
    _reply({"ready": True})
    for line in sys.stdin:
        order = json.loads(line)
        _reply(getattr(helper, order.pop("do"))(**order))
    helper.end()


class _Helper:
    """Starts commands and looks after them."""

    def __init__(self) -> None:
        self._started: set[int] = set()
        self._ended: dict[int, int] = {}

    def start(self, **order: Any) -> dict[str, Any]:
        """Start a command; reply with its process."""
        process = os.fork()
        if not process:
            _become(**order)
        self._started.add(process)
        # Numbers come again.
        self._ended.pop(process, None)
        return {"process": process}

    def wait(self, process: int, seconds: float) -> dict[str, Any]:
        """Reply with how a command ended (negative: the signal that ended it), or null if it has not, for so many seconds."""
        until = time.monotonic() + seconds
        while process not in self._ended:
            self._reap()
            if process in self._ended or time.monotonic() >= until:
                break
            time.sleep(0.002)
        return {"status": self._ended.get(process)}

    def orphans(self) -> dict[str, Any]:
        """Reply with the processes that commands have left behind, by number, with what they run."""
        self._reap()
        return {"orphans": {each: _command(each) for each in _children() if each not in self._started}}

    def tidy(self) -> dict[str, Any]:
        """End whatever still runs."""
        self.end()
        return {}

    def end(self) -> None:
        """End whatever still runs."""
        while found := _children():
            for each in found:
                os.kill(each, signal.SIGKILL)
            for each in found:
                self._note(*os.waitpid(each, 0))

    def _reap(self) -> None:
        while True:
            try:
                process, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not process:
                return
            self._note(process, status)

    def _note(self, process: int, status: int) -> None:
        self._ended[process] = os.waitstatus_to_exitcode(status)
        self._started.discard(process)


def _become(
    arguments: list[str],
    output: str,
    messages: str,
    typed: str = "",
    user: int | str | None = None,
    file_bytes: int | None = None,
    clock: float = 0.0,
    environment: dict[str, str] | None = None,
    folder: str | None = None,
    keeps_at_once: bool = False,  # noqa: FBT001, FBT002 - they come by their names
    calibrates_by_few: bool = False,  # noqa: FBT001, FBT002
    fresh: bool = False,  # noqa: FBT001, FBT002
) -> NoReturn:
    """Be the command: another session, user and limit, and other files for what it reads and says."""
    os.setsid()
    os.environ.update(environment or {})
    if folder is not None:
        os.chdir(folder)
    reading, writing = os.pipe()
    os.write(writing, typed.encode())
    os.close(writing)
    os.dup2(reading, 0)
    for number, name in ((1, output), (2, messages)):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666), number)
    sys.stdin = os.fdopen(0, encoding="utf-8")
    if spoken := (environment or {}).get("PYTHONIOENCODING"):
        # As the interpreter does where it starts.
        sys.stdout.reconfigure(encoding=spoken, errors="strict")  # type: ignore[union-attr]
        sys.stderr.reconfigure(encoding=spoken, errors="backslashreplace")  # type: ignore[union-attr]
    if file_bytes is not None:
        import resource

        # Nor of what it compiles, of which half would be kept for all (CPython's gh-126606).
        sys.dont_write_bytecode = True
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    if user == BOUND:
        _be_bound()
    elif user is not None:
        _be_somebody(int(user))
    if fresh:
        os.execv(sys.executable, [sys.executable, "-m", "citewell.cli", *arguments])  # noqa: S606
    _shift_clock(clock)
    if keeps_at_once:
        from citewell.building import resuming

        resuming._SECONDS_BETWEEN_COMMITS = 0.0
    if calibrates_by_few:
        from tests.support.calibrations import calibrate_by_few

        calibrate_by_few()
    sys.argv = ["citewell", *arguments]
    from citewell.cli import main as command

    _exit(command, arguments)


def _be_bound() -> None:
    """Stay root, but without the power to read and write what rights forbid; nor has what is started from here."""
    libc = ctypes.CDLL(None, use_errno=True)
    for power in (_OVERRIDE, _READ_ALL):
        libc.prctl(_BOUNDING_DROP, power, 0, 0, 0)
    _have_powers(libc, ~(1 << _OVERRIDE | 1 << _READ_ALL))


def _be_somebody(user: int) -> None:
    """Be another user, who may read whatever there is, and so may what is started from here."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_KEEP_POWERS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)
    _have_powers(libc, 1 << _READ_ALL, inherited=1 << _READ_ALL)
    libc.prctl(_AMBIENT, _AMBIENT_RAISE, _READ_ALL, 0, 0)


def _have_powers(libc: ctypes.CDLL, powers: int, *, inherited: int = 0) -> None:
    """Keep of this process' capabilities (capabilities(7)) those of a mask."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES, 0)
    # Effective, permitted and inheritable, of the first 32 and then of the others.
    held = (ctypes.c_uint32 * 6)()
    libc.capget(header, held)
    for first, shift in ((0, 0), (3, 32)):
        kept = held[first + 1] & (powers >> shift) & 0xFFFFFFFF
        held[first], held[first + 1], held[first + 2] = kept, kept, inherited >> shift
    if libc.capset(header, held):
        raise OSError(ctypes.get_errno(), "the capabilities cannot be set")


def _exit(command: Callable[[list[str]], None], arguments: list[str]) -> NoReturn:
    """Run a command and end as a process does, but for taking all that is imported apart, which takes seconds in a fork."""
    status: Any = 0
    try:
        command(arguments)
    except SystemExit as error:
        status = error.code or 0
    except BaseException:  # noqa: BLE001 - as the interpreter does it
        traceback.print_exc()
        status = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status if isinstance(status, int) else 1)


def _shift_clock(seconds: float) -> None:
    """Have every module of Citewell see another time of day."""
    if not seconds:
        return

    class Shifted(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Shifted:
            return cls.fromtimestamp(time.time() + seconds, tz)

    shifted = types.SimpleNamespace(**{**vars(time), "time": lambda: time.time() + seconds})
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "citewell":
            for attribute, value in list(vars(module).items()):
                if value is datetime.datetime:
                    setattr(module, attribute, Shifted)
                elif value is time:
                    setattr(module, attribute, shifted)


def _import_all() -> None:
    # What is imported when it is first used.
    import scipy.optimize
    import scipy.stats  # noqa: F401

    import citewell

    for found in pkgutil.walk_packages(citewell.__path__, "citewell."):
        if not found.name.startswith(_LEFT_OUT):
            importlib.import_module(found.name)
    assert "torch" not in sys.modules, "torch is imported for commands that do without it"
    _read_tables()


def _read_tables() -> None:
    """Read the tables of languages, and the questions that each build asks, which a process does once."""
    from citewell.search.everyday import everyday_questions
    from citewell.text.concepts import concepts
    from citewell.text.language import detect

    for question in everyday_questions():
        detect(question)
        concepts(question, ("en",))


def _children() -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]
    except FileNotFoundError:
        return []


def _command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")[:200]
    except OSError:
        return "(gone)"


def _reply(said: dict[str, Any]) -> None:
    # Not print: what a command prints must not be able to stand here, and nothing may wait in a buffer that a fork copies.
    os.write(_ANSWERS, json.dumps(said).encode() + b"\n")


if __name__ == "__main__":
    # Libraries that write to stdout when they are imported write to stderr.
    _ANSWERS = os.dup(1)
    os.dup2(2, 1)
    main()

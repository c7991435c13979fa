"""Readers in processes of their own: every way of failing is a reason, and none of them outlives who started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from citewell.corpus.reading import SourceFile, inspect, isolation, process, read
from citewell.corpus.reading.isolation import Limits, Readers
from citewell.corpus.reading.packing import packed, unpacked
from citewell.corpus.reading.parsing import parse
from citewell.document import Document
from citewell.errors import CitewellError, ReadingError, UnavailableError
from tests.support.environment import CORPUS, ROOT
from tests.support.processes import runs
from tests.support.readers import ending
from tests.support.waiting import until

ARTICLE = CORPUS / "international-education.txt"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the limits are those of POSIX")


@pytest.fixture
def readers() -> Iterator[Readers]:
    made = Readers(Limits(memory=300_000_000, seconds=1, seconds_per_megabyte=0), at_once=2)
    yield made
    made.close()


def pids(readers: Readers) -> set[int]:
    """The processes that these readers are."""
    return {each._process.pid for each in readers._all}


def test_a_document_comes_back_as_it_is_parsed_here() -> None:
    for file in (ARTICLE, ROOT / "README.md"):
        document = read(SourceFile(file.name, file))
        assert document == parse(file.name, file.read_bytes())
        known = inspect(SourceFile(file.name, file))
        assert (known.title, known.digest, known.sections) == (document.title, document.digest, len(document.sections))


def test_a_process_is_used_again_and_one_that_failed_is_replaced(
    readers: Readers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = (
        "from citewell.corpus.reading import worker as w; p = w.parse\n"
        "def failing(path, *a):\n"
        "    if 'unknown' in path: raise KeyError(path)\n"
        "    return p(path, *a)\n"
        "w.parse = failing; w.main()"
    )
    monkeypatch.setattr(process, "_COMMAND", [sys.executable, "-c", program])
    readers.read("a.txt", ARTICLE)
    first = pids(readers)
    for _ in range(3):
        readers.read("a.txt", ARTICLE)
        with pytest.raises(ReadingError, match="no text"):
            readers.read("empty.txt", _file(tmp_path / "empty.txt", b""))
    assert pids(readers) == first
    with pytest.raises(ReadingError, match="failed: KeyError"):
        readers.read("a.unknown", ARTICLE)
    readers.read("a.txt", ARTICLE)
    second = pids(readers)
    assert len(second) == len(first) == 1
    assert second != first
    readers.close()
    assert not any(runs(pid) for pid in first | second)


def test_time_is_a_reason(tmp_path: Path) -> None:
    # So much memory that a fast processor does not come to its end first.
    readers = Readers(Limits(memory=4 << 30, seconds=1, seconds_per_megabyte=0))
    long = _file(tmp_path / "list.md", b"- a\n" * 1_000_000)
    with pytest.raises(ReadingError, match="takes more than 1 seconds of processor time to read"):
        readers.read("list.md", long)
    assert readers.read("a.txt", ARTICLE).title
    readers.close()


def test_memory_is_a_reason(tmp_path: Path) -> None:
    readers = Readers(Limits(memory=150_000_000))
    long = _file(tmp_path / "line.txt", b"- a\n" * 500_000)
    with pytest.raises(ReadingError, match="needs more than 143 MB of memory to read"):
        readers.read("line.txt", long)
    assert readers.read("a.txt", ARTICLE).title
    readers.close()


def test_the_clock_is_a_reason_where_nothing_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Of a pipe that nobody writes to, no processor time is taken.
    os.mkfifo(tmp_path / "pipe.txt")
    monkeypatch.setattr(process, "_BY_THE_CLOCK", 1)
    readers = Readers(Limits(seconds=2, seconds_per_megabyte=0))
    with pytest.raises(ReadingError, match="takes more than 2 seconds to read"):
        readers.read("pipe.txt", tmp_path / "pipe.txt")
    readers.close()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
def test_an_end_by_a_signal_is_no_reason_where_another_process_reads_the_file(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_COMMAND", ending(number, 1))
    readers = Readers()
    assert readers.read("a.txt", ARTICLE).title
    assert len(readers._all) == 1
    readers.close()


def test_a_second_end_by_a_signal_is_a_reason_only_where_it_came_from_within(monkeypatch: pytest.MonkeyPatch) -> None:
    for number, error, said in (
        (signal.SIGKILL, UnavailableError, r"cannot be read: its reader was killed \(SIGKILL\)"),
        (getattr(signal, "SIGRTMIN", 34) + 1, UnavailableError, r"its reader was killed \(signal \d+\)"),
        (signal.SIGSEGV, ReadingError, r"crashes the reader \(SIGSEGV\)"),
    ):
        monkeypatch.setattr(process, "_COMMAND", ending(number, 2))
        readers = Readers()
        with pytest.raises(ReadingError, match=said) as caught:
            readers.read("a.txt", ARTICLE)
        assert type(caught.value) is error
        assert caught.value.digest is None
        readers.close()


def test_what_is_gone_is_said(readers: Readers, tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"cannot be read: No such file") as caught:
        readers.read("gone.txt", tmp_path / "gone.txt")
    assert caught.value.gone


def test_memory_of_the_process_that_asks_is_a_reason(readers: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> Document:
        raise MemoryError

    monkeypatch.setattr(isolation, "unpacked", full)
    with pytest.raises(ReadingError, match="more memory than there is") as caught:
        readers.read("a.txt", ARTICLE)
    assert caught.value.retry


def test_a_process_that_has_grown_is_replaced_and_the_memory_of_who_asks_is_not_its_own(
    readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A reader has a few tens of megabytes, so that less will do than what it may have.
    monkeypatch.setattr(isolation, "_GROWN_KILOBYTES", 120_000)
    # What a process has at its start, Linux counts from before it became this one.
    held = bytearray(isolation._GROWN_KILOBYTES * 1024 + (64 << 20))
    held[::4096] = b"x" * len(held[::4096])
    readers.read("a.txt", ARTICLE)
    first = pids(readers)
    for _ in range(4):
        readers.read("a.txt", ARTICLE)
    assert len(first) == 1
    assert pids(readers) == first
    del held
    monkeypatch.setattr(isolation, "_GROWN_KILOBYTES", 1_000)
    readers.read("a.txt", ARTICLE)
    assert not pids(readers)


def test_many_threads_share_a_few_processes(readers: Readers) -> None:
    with ThreadPoolExecutor(8) as pool:
        titles = set(pool.map(lambda nth: readers.read(f"{nth}.txt", ARTICLE).title, range(40)))
    assert len(titles) == 1
    assert len(readers._all) <= 2


@pytest.mark.parametrize(
    "change",
    [
        {"title": ""},
        {"title": "\ud800"},
        {"title": "x" * 5000},
        {"title": None},
        {"digest": "x"},
        {"sections": []},
        {"sections": [[["a"], [0, 10**9], None, []]]},
        {"sections": [[["a"], [5, 3], None, []]]},
        {"sections": [[[1], [0, 3], None, []]]},
        {"sections": [[["a"], [0, 9], None, [[3, 5, "prose"], [4, 6, "prose"]]]]},
        {"sections": [[["a"], [0, 9], None, [[3, 5, "poem"]]]]},
        {"sections": [[["a"], [0, 9], None, [[True, 5, "prose"]]]]},
        {"sections": [1]},
        {"sections": "abc"},
        {"reader": None},
        {"lengths": [10**9, 0]},
        {"lengths": [0, -1]},
        {"locations": [[0, "planet", "3", None, False]]},
        {"locations": [[5, "page", "2", 2, False], [0, "page", "1", 1, False]]},
        {"locations": [[10**9, "page", "1", 1, False]]},
        {"facts": [["title", "A"]]},
        {"facts": [["title", "A" * 10_000, "folder"]]},
        {"figures": [[-1, "a.png"]]},
        {"unread": [["a"]]},
        {"attached": [["elsewhere.txt", {}]]},
        {"attached": [["a.txt/b.txt", {}]]},
    ],
)
def test_what_comes_back_is_checked(change: dict[str, object]) -> None:
    header, text = packed(parse("a.txt", ARTICLE.read_bytes()))
    assert unpacked("a.txt", header, text)
    with pytest.raises(ValueError, match=r"."):
        unpacked("a.txt", header | change, text)
    with pytest.raises(ValueError, match=r"."):
        unpacked("a.txt", header, b"\xff" + text)


def test_a_reader_that_cannot_be_started_is_no_fault_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for command in ([str(tmp_path / "nothing")], [sys.executable, "-c", "raise SystemExit(3)"]):
        monkeypatch.setattr(process, "_COMMAND", command)
        with pytest.raises(CitewellError, match="could not be started") as caught:
            Readers().read("a.txt", ARTICLE)
        assert not isinstance(caught.value, ReadingError)
        assert caught.value.command or caught.value.hint


def test_what_a_library_prints_does_not_get_between(monkeypatch: pytest.MonkeyPatch) -> None:
    prints = "import os; from citewell.corpus.reading import worker as w; p = w.parse\n"
    prints += (
        "def loud(*a):\n    print('noise', flush=True); os.write(1, b'noise'); return p(*a)\nw.parse = loud; w.main()"
    )
    monkeypatch.setattr(process, "_COMMAND", [sys.executable, "-c", prints])
    readers = Readers()
    assert readers.read("a.txt", ARTICLE).title
    readers.close()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL, None], ids=["ended", "killed", "done"])
def test_no_reader_outlives_who_started_it(tmp_path: Path, ending: signal.Signals | None) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    program = (
        "import sys, threading; from pathlib import Path; from citewell.corpus.reading import SourceFile, _POOL, read\n"
        f"read(SourceFile('a.txt', Path({str(ARTICLE)!r})))\n"
        f"ask = threading.Thread(target=_POOL.read, args=('p.txt', Path({str(tmp_path / 'pipe.txt')!r})), daemon=True)\n"
        "print(_POOL._idle[0]._process.pid, flush=True); ask.start(); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdin
        assert running.stdout
        reader = int(running.stdout.readline())
        if ending:
            running.send_signal(ending)
        else:
            running.stdin.close()
        running.wait(timeout=60)
    until(lambda: not runs(reader))


def _file(file: Path, content: bytes) -> Path:
    file.write_bytes(content)
    return file


def test_a_reader_process_starts_without_what_only_searching_needs() -> None:
    heavy = "{'numpy', 'pydantic', 'lxml', 'docutils'}"
    program = f"import sys, citewell.corpus.reading.worker; print({heavy} & sys.modules.keys())"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"


def test_long_work_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    program = (
        "from citewell.corpus.reading import worker as w; p = w.parse\n"
        "def talking(path, data, options, progress):\n"
        "    for done in range(3): progress('Reading by OCR', done, 3)\n"
        "    return p(path, data, options, progress)\n"
        "w.parse = talking; w.main()"
    )
    monkeypatch.setattr(process, "_COMMAND", [sys.executable, "-c", program])
    heard: list[tuple[str, int, int]] = []
    document = Readers().read("a.txt", ARTICLE, progress=lambda *report: heard.append(report))
    assert document == parse("a.txt", ARTICLE.read_bytes())
    assert heard == [("Reading by OCR", done, 3) for done in range(3)]


def test_a_report_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    for report in ("['A', -1, 3]", "['A']", "3", "['A' * 10_000, 1, 3]"):
        program = (
            "from citewell.corpus.reading import worker as w; from citewell.corpus.reading.wire import frame, send\n"
            f"w._answer = lambda request, answers: send(answers, frame({{'progress': {report}}})); w.main()"
        )
        monkeypatch.setattr(process, "_COMMAND", [sys.executable, "-c", program])
        with pytest.raises(ReadingError, match="invalid response"):
            Readers().read("a.txt", ARTICLE)


@pytest.mark.parametrize("response", [{"kilobytes": "many"}, {"number": 10**30}, {"number": [1]}, {}])
def test_a_response_of_a_reader_that_was_taken_over_is_a_reason(
    response: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = (
        "from citewell.corpus.reading import worker as w; from citewell.corpus.reading.wire import frame, send\n"
        f"w._answer = lambda request, answers: send(answers, frame({response!r})); w.main()"
    )
    monkeypatch.setattr(process, "_COMMAND", [sys.executable, "-c", program])
    with pytest.raises(ReadingError, match="the reader failed"):
        Readers().read("a.txt", ARTICLE)

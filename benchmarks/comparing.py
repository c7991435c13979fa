"""The pieces of work of ``speed``: each is timed beside its reference, in turns, so that a busy machine slows both alike."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import citewell
from citewell.corpus.reading import read, scan
from citewell.corpus.splitting import split
from citewell.document import Passage
from citewell.encoder.encoding import Encoder
from citewell.encoder.models import Precision
from citewell.index.changes import compare
from citewell.settings import Encoding, Splitting

_CHUNK = 800
_DOCUMENTS = 98
_QUESTION = "What is international education?"
_LOAD_AND_ENCODE = """
import sys
from sentence_transformers import SentenceTransformer
SentenceTransformer(sys.argv[1], device="cpu").encode(sys.argv[2])
"""


class Reference(Protocol):
    """What sentence-transformers has."""

    def encode(self, texts: str | list[str]) -> object:
        """Return the vectors of texts."""


class Pair(NamedTuple):
    """The median seconds of some work and of its reference."""

    ours: float
    theirs: float

    @property
    def ratio(self) -> float:
        """Ours as a multiple of the reference."""
        return self.ours / self.theirs


def seconds(work: Callable[[], object]) -> float:
    """Return how long some work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def in_turns(ours: Callable[[], object], theirs: Callable[[], object], rounds: int) -> Pair:
    """Time two pieces of work in turns, and return the median of each."""
    times = [(seconds(ours), seconds(theirs)) for _ in range(rounds)]
    return Pair(*(statistics.median(each) for each in zip(*times, strict=True)))


def building(corpus: Path, reference: Reference, rounds: int, precision: Precision = "float") -> Pair:
    """Time a build, and encoding the same text in chunks of 800 characters."""
    settings = citewell.Settings(encoder=Encoding(precision=precision))
    texts = [read(source).text for source in scan(corpus).files]
    chunks = [text[start : start + _CHUNK] for text in texts for start in range(0, len(text), _CHUNK)]

    def build() -> None:
        with tempfile.TemporaryDirectory() as folder:
            citewell.build(corpus, citewell.IndexFolder(Path(folder, "index")), settings)

    return in_turns(build, lambda: reference.encode(chunks), rounds)


def splitting(corpus: Path, encoder: Encoder) -> Pair:
    """Time splitting a folder's documents, and encoding their windows."""
    documents = [read(source) for source in scan(corpus).files]
    passages: list[Passage] = []
    took = seconds(
        lambda: passages.extend(
            passage for each in documents for passage in split(each, Splitting(), encoder.token_offsets)
        )
    )
    texts = [window.text for passage in passages for window in passage.windows]
    return Pair(took, seconds(lambda: encoder.encode_documents(texts)))


def windows_of(corpus: Path, encoder: Encoder, count: int) -> list[str]:
    """Return real texts of 56 to 64 tokens: the longest windows of a folder's documents."""
    texts = [
        window.text
        for source in scan(corpus).files
        for passage in split(read(source), Splitting(), encoder.token_offsets)
        for window in passage.windows
        if 56 <= len(encoder.token_offsets(window.text)) <= 64
    ]
    return texts[:: max(1, len(texts) // count)][:count]


def encoding(texts: Sequence[str], encoder: Encoder, reference: Reference, rounds: int) -> Pair:
    """Time encoding texts, ours and sentence-transformers'."""
    return in_turns(lambda: encoder.encode_documents(texts), lambda: reference.encode(list(texts)), rounds)


def asking(questions: Sequence[str], index: Path, reference: Reference) -> Pair:
    """Time one question end to end, and sentence-transformers encoding that question."""
    assistant = citewell.Assistant(citewell.IndexFolder(index))
    ours: list[float] = []
    theirs: list[float] = []
    for start in range(0, len(questions), 25):
        block = questions[start : start + 25]
        # The first of a block finds the processor in the other's state. What was asked before is remembered, so it is another.
        assistant.ask(f"{block[0]} And why?")
        ours.extend(seconds(lambda text=text: assistant.ask(text)) for text in block)  # type: ignore[misc]
        reference.encode(block[0])
        theirs.extend(seconds(lambda text=text: reference.encode(text)) for text in block)  # type: ignore[misc]
    return Pair(statistics.median(ours), statistics.median(theirs))


def starting(index: Path, model: Path, rounds: int) -> Pair:
    """Time a whole ``citewell ask``, and a process that loads the model in sentence-transformers and encodes one text."""
    ask = [sys.executable, "-m", "citewell.cli", "ask", _QUESTION, "--index", str(index)]
    encode = [sys.executable, "-c", _LOAD_AND_ENCODE, str(model), _QUESTION]
    return in_turns(lambda: _run(ask), lambda: _run(encode), rounds)


def importing(rounds: int) -> Pair:
    """Time a process that imports Citewell, and one that imports sentence-transformers."""
    names = ("citewell", "sentence_transformers")
    ours, theirs = ([sys.executable, "-c", f"import {name}"] for name in names)
    return in_turns(lambda: _run(ours), lambda: _run(theirs), rounds)


def rebuilding(corpus: Path) -> tuple[Pair, Pair]:
    """Time a build after one of 98 documents changed, and one with no change, beside the first."""
    with tempfile.TemporaryDirectory() as temporary:
        cut, index = Path(temporary, "corpus"), citewell.IndexFolder(Path(temporary, "index"))
        cut.mkdir()
        text = "".join(file.read_text(encoding="utf-8") for file in sorted(corpus.glob("*.md")))
        size = -(-len(text) // _DOCUMENTS)
        for number in range(_DOCUMENTS):
            part = text[number * size : (number + 1) * size]
            Path(cut, f"{number:02}.txt").write_text(part, encoding="utf-8")
        first = seconds(lambda: citewell.build(cut, index, citewell.Settings()))
        with Path(cut, "50.txt").open("a", encoding="utf-8") as stream:
            stream.write("\n\nThis sentence is new.\n")
        changed = seconds(lambda: citewell.build(cut, index, citewell.Settings()))
        same = seconds(lambda: citewell.build(cut, index, citewell.Settings()))
        if compare(cut, index, index.open()):
            raise RuntimeError("the rebuilt index does not hold the corpus")
    return Pair(changed, first), Pair(same, first)


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)

"""What runs on a worker: files are read and split there, and windows encoded.

A worker never sees the corpus: it gets the bytes of a file, and gives back a document and its passages. Files are read in
processes of their own there, too. Vectors must be those that the build would make itself, so a worker whose Citewell or encoder
is another one refuses a task.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from citewell._version import __version__
from citewell.building.workers import ReadFile
from citewell.corpus.reading import ReadingOptions, SourceFile, read
from citewell.corpus.splitting import split
from citewell.document import Document, Passage
from citewell.encoder.encoding import Encoder, Vectors, open_encoder
from citewell.encoder.models import Card
from citewell.encoder.preparing import prepare
from citewell.errors import CitewellError, EncoderError, ReadingError, UnavailableError
from citewell.settings import Splitting
from citewell.text.language import detect


@dataclass(frozen=True, slots=True)
class Terms:
    """What a worker must have in common with the build, and how it does its work.

    ``card`` is that of the encoder, None as long as it is not chosen; ``sizes`` are those of its passages.
    """

    options: ReadingOptions
    languages: tuple[str, ...] = ()
    card: Card | None = None
    device: str = ""
    sizes: Splitting | None = None
    version: str = __version__


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a worker does not do what it was given."""

    worker: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that could not be read: what a ``ReadingError`` says."""

    message: str
    digest: str | None
    retry: bool
    lacks: str

    def error(self) -> ReadingError:
        """Return the error."""
        return ReadingError(self.message, digest=self.digest, retry=self.retry, lacks=self.lacks)


def attempt(terms: Terms, task: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401 - what the task returns
    """Do a task on a worker, if it fits.

    Args:
        terms: What the worker must have in common with the build.
        task: One of the functions below.
        arguments: Its arguments, after the terms.

    Returns:
        What the task returns, or a `Refusal`.
    """
    try:
        _check(terms)
        return task(terms, *arguments)
    except (CitewellError, OSError, MemoryError) as error:
        from distributed import get_worker

        return Refusal(str(get_worker().address), error.message if isinstance(error, CitewellError) else repr(error))


def read_there(terms: Terms, path: str, content: bytes) -> ReadFile | Unreadable | None:
    """Read the bytes of a file, and split what was read, if the encoder is chosen.

    Args:
        terms: How.
        path: The path of the file in its corpus.
        content: Its bytes.

    Returns:
        What was read; None if that says more about this worker than about the file, such as a reader that somebody killed.
    """
    with tempfile.TemporaryDirectory(prefix="citewell-") as folder:
        file = Path(folder, "file")
        file.write_bytes(content)
        try:
            document = read(SourceFile(path, file), terms.options)
        except UnavailableError:
            return None
        except ReadingError as error:
            return Unreadable(error.message, error.digest, error.retry, error.lacks)
    return ReadFile(document, dict(_split(terms, document)))


def encode_there(terms: Terms, *groups: Sequence[str]) -> list[Vectors]:
    """Return the vectors of groups of texts, each of shape (n, dimension)."""
    encoder = _encoder(terms)
    return [encoder.encode_documents(texts) for texts in groups]


def _split(terms: Terms, document: Document) -> Iterator[tuple[str, list[Passage]]]:
    """Yield the passages of a document and of those inside it; what cannot be split is left to the build, which says so."""
    if terms.sizes is None:
        return
    encoder = _encoder(terms)
    for each in (document, *_inside(document)):
        known = replace(each, language=detect(each.text, terms.languages or None))
        try:
            yield each.path, split(known, terms.sizes, encoder.token_offsets)
        except (CitewellError, OSError):
            raise
        except Exception:  # noqa: BLE001, S112 - it is split again by the build, where an error is reported
            continue


def _inside(document: Document) -> Iterator[Document]:
    for each in document.attached:
        yield each
        yield from _inside(each)


def _check(terms: Terms) -> None:
    if terms.version != __version__:
        raise CitewellError(f"it has Citewell {__version__}, and the build {terms.version}")


_lock = threading.Lock()
# The one that was used last, by what it was opened with: several tasks at once share it, and only the first prepares it.
_opened: dict[tuple[str, str], Encoder] = {}


def _encoder(terms: Terms) -> Encoder:
    """Return the encoder of a build.

    Raises:
        EncoderError: There is none with this identity.
    """
    if terms.card is None:
        raise EncoderError("the build has not chosen an encoder")
    key = terms.card.model_dump_json(), terms.device
    with _lock:
        if key not in _opened:
            _opened.clear()
            _opened[key] = _open(terms.card, terms.device)
        return _opened[key]


def _open(wanted: Card, device: str) -> Encoder:
    card = prepare(wanted.model, precision=wanted.precision)
    if card.identity != wanted.identity:
        raise EncoderError(f"its encoder {wanted.model} is {card.identity}, and that of the build {wanted.identity}")
    if card.runtime != wanted.runtime:
        raise EncoderError(
            f"its encoder {wanted.model} is run by {card.runtime}, and that of the build by {wanted.runtime}"
        )
    # Weights in eight bits depend on what was measured when they were made.
    if card.precision == "int8" and card.files != wanted.files:
        raise EncoderError(f"its INT8 form of {wanted.model} is another one; copy that of the build into its cache")
    # What was measured of the model is the build's: here it may differ in the last digits.
    return open_encoder(card.model_copy(update={"fit": wanted.fit}), device)

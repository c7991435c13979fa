"""What a build has workers do: read and split files, and encode windows; and does itself where they cannot.

So it does with a file with which several workers have died: here it is read in a process with limits, as in a build without
workers, and reported if it ends that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from citewell.building.background import begun
from citewell.building.workers import GivenUpError, ReadFile, workers_at
from citewell.building.workers.tasks import Terms, Unreadable, encode_there, read_there
from citewell.corpus.reading import ReadingOptions, SourceFile, is_current, is_there
from citewell.document import Document
from citewell.encoder.encoding import Encoder, Vectors
from citewell.encoder.fitting import sizes
from citewell.settings import Settings

if TYPE_CHECKING:
    from citewell.building.workers.pool import Workers

# A larger file is read here, because a task is copied several times on its way.
_LARGEST = 32_000_000
# Documents are wanted in order, so reading goes before encoding.
_READING_FIRST = 10


@dataclass
class Shared:
    """The work of one build that its workers do.

    Args:
        workers: The workers.
        options: What the readers may do.
    """

    workers: Workers
    options: ReadingOptions
    _terms: Terms = field(init=False)
    _encoder: Encoder | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._terms = Terms(self.options)

    @property
    def places(self) -> int:
        """How many files, and how many parts of windows, may be on their way now."""
        return self.workers.places

    def encode_with(self, encoder: Encoder, settings: Settings) -> None:
        """Say which encoder makes the vectors, and how documents are split.

        Args:
            encoder: The encoder, opened here.
            settings: The settings of the build.
        """
        self._encoder = encoder
        self._terms = replace(
            self._terms,
            languages=tuple(settings.languages),
            card=encoder.card,
            device=settings.encoder.device,
            sizes=sizes(settings.splitting, encoder.card),
        )

    def read(self, source: SourceFile, here: Callable[[], Document]) -> ReadFile:
        """Return what a worker reads of a file, or what is read here if it would be read otherwise.

        Args:
            source: The file.
            here: Reads it here.

        Raises:
            ReadingError: It cannot be read.
            CitewellError: There are no workers, or they fail; or no reader process can be started.
        """
        content = _content(source)
        if content is None:
            return ReadFile(here())
        try:
            found = self.workers.run(self._terms, read_there, source.path, content, priority=_READING_FIRST)
        except GivenUpError:
            found = None
        if isinstance(found, Unreadable) and not (found.lacks and is_there(found.lacks, self.options)):
            raise found.error()
        if isinstance(found, ReadFile) and self._is_as_here(found.document):
            return found
        return ReadFile(here())

    def begin_encoding(self, *groups: Sequence[str]) -> Future[list[Vectors]]:
        """Have groups of texts encoded, and return their vectors to come, each of shape (n, dimension)."""
        return begun("encodes", self._encode, *groups)

    def _encode(self, *groups: Sequence[str]) -> list[Vectors]:
        try:
            return self.workers.run(self._terms, encode_there, *groups)
        except GivenUpError:
            if self._encoder is None:
                raise
            return [self._encoder.encode_documents(texts) for texts in groups]

    def _is_as_here(self, document: Document) -> bool:
        """Return whether a document was read as it would be here, where perhaps other programs and readers are installed."""
        here = is_current(document.reader, self.options)
        lacks_nothing = not any(is_there(each.lacks, self.options) for each in document.unread if each.lacks)
        return here and lacks_nothing and all(map(self._is_as_here, document.attached))


@contextmanager
def shared_at(address: str, options: ReadingOptions) -> Iterator[Shared]:
    """Share a build with the workers of a scheduler while the block runs.

    Args:
        address: The address of the scheduler.
        options: What the readers may do.

    Raises:
        UsageError: The address is not one, or Dask is not installed.
    """
    with workers_at(address) as workers:
        yield Shared(workers, options)


def _content(source: SourceFile) -> bytes | None:
    """Return the bytes of a file; None if it is large, or cannot be read, which reading it here will report."""
    try:
        return source.file.read_bytes() if source.file.stat().st_size <= _LARGEST else None
    except OSError:
        return None

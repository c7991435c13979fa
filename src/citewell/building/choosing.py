"""Chooses the model of a new index by the languages of its corpus."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from citewell.corpus.reading import SourceFile, read
from citewell.document import Document
from citewell.encoder.naming import ENGLISH, MULTILINGUAL, resolve
from citewell.errors import EncoderError, ReadingError, UnavailableError
from citewell.text.language import detect

# Below this share of English, questions about the rest are too many to be lost: in other languages, the English model finds
# a third to two thirds as much.
_NEARLY_ALL = 0.95
# Models whose INT8 form finds as much on every set, so that new indexes get it; none does yet (docs/architecture.md, "The
# encoder").
INT8_WITHOUT_LOSS = frozenset[str]()
# Somebody waits for it, so few are enough: so many, spread evenly over the paths, and no more bytes than this.
_FILES = 60
_BYTES = 4_000_000
# Of one document; otherwise one book would outweigh all letters.
_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Choice:
    """The model that was chosen for a new index, why, and the command for another one."""

    model: str
    reason: str
    command: str

    @property
    def message(self) -> str:
        """What was chosen and how to have the other, in one line."""
        return f"Encoder {self.model}: {self.reason}. For the other: {self.command}"

    def to_json(self) -> dict[str, Any]:
        """Return the choice in the JSON format of the command line."""
        return {"model": self.model, "reason": self.reason, "command": self.command}


def choose(
    files: Sequence[SourceFile],
    languages: Collection[str],
    build_command: str,
    reads: Callable[[SourceFile], Document] = read,
) -> Choice:
    """Choose a model: the English one where nearly all of the corpus is English, otherwise the multilingual one.

    The same corpus gives the same choice, on machines where the same models are installed.

    Args:
        files: The files of the corpus, by path.
        languages: The languages of the settings; empty if each document's own is found.
        build_command: The command that builds the index.
        reads: Reads a file.

    Raises:
        CitewellError: No reader process can be started.
    """
    share = float(all(each == "en" for each in languages)) if languages else _english(_spread(files), reads)
    if share >= _NEARLY_ALL:
        return Choice(ENGLISH, "nearly all of the corpus is in English", f"{build_command} --model {MULTILINGUAL}")
    foreign = f"{share:.0%} of the corpus is in English" if share else "none of the corpus is in English"
    try:
        resolve(MULTILINGUAL)
    except EncoderError as error:
        reason = f"{foreign}, but {error.message}; {error.fix}"
        return Choice(ENGLISH, reason, f"{build_command} --model {MULTILINGUAL}")
    return Choice(MULTILINGUAL, foreign, f"{build_command} --model {ENGLISH}")


def _spread(files: Sequence[SourceFile]) -> list[SourceFile]:
    """Return some files from every part of the corpus."""
    step = max(1.0, len(files) / _FILES)
    return [files[int(nth * step)] for nth in range(min(_FILES, len(files)))]


def _english(files: Sequence[SourceFile], reads: Callable[[SourceFile], Document]) -> float:
    """Return the share of English in some files; all of it if they have no language."""
    found = dict[str, int]()
    for text in _texts(files, reads):
        language = detect(text)
        if language:
            found[language] = found.get(language, 0) + min(len(text), _CHARACTERS)
    return found.get("en", 0) / sum(found.values()) if found else 1.0


def _texts(files: Sequence[SourceFile], reads: Callable[[SourceFile], Document]) -> Iterator[str]:
    size = 0
    for source in files:
        try:
            size += source.file.stat().st_size
            # The first is read however large it is.
            if size > _BYTES and source is not files[0]:
                return
            yield reads(source).text
        except (ReadingError, UnavailableError, OSError):
            # The build lists it.
            continue

"""Why a text is not in a snapshot: its file could not be read, is no document, or is newer than the build."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal, TypeVar

from rapidfuzz import fuzz, process

from citewell.corpus.reading import Excluded, SourceFile, Unread, check_corpus, digest_of, read, scan
from citewell.errors import ReadingError, UnavailableError, UsageError
from citewell.index.changes import by_path, compare
from citewell.index.index import AnyIndex
from citewell.index.manifest import Skipped
from citewell.index.storage import Snapshot
from citewell.state.folder import Exclusions
from citewell.text import own_words
from citewell.text.fact_names import TABLE
from citewell.text.quotations import ALIKE, occurrences

Refused = TypeVar("Refused", Skipped, Unread)

UPDATE = "update the index"
_RENAME = "rename it, and update the index"
_MOVE = "move it out of that folder, and update the index"
_CONVERT = "correct what is named, or convert the file to text or Markdown, and update the index"
# Files that are newer than the index and are read to look for a quotation.
_MOST_READ = 20


@dataclass(frozen=True, slots=True)
class Absence:
    """Why a file, or the present text of one, is not in a snapshot; ``message`` has no full stop; ``hint`` is what changes it.

    ``reason`` is ``not_read``, ``left_out`` (no document by the rules), ``new``, or ``changed`` since the build.
    """

    path: str
    reason: Literal["not_read", "left_out", "new", "changed"]
    message: str
    hint: str | None = None

    @property
    def is_outdated(self) -> bool:
        """Whether a build would add the text."""
        return self.reason in ("new", "changed")


def why_absent(snapshot: Snapshot, path: str, index: AnyIndex | None) -> Absence:
    """Return why a snapshot has no document at a path.

    Args:
        snapshot: The snapshot.
        path: The path, relative to the corpus.
        index: Its index, to look at the files of the corpus as they are now; None tells only what the build said.

    Raises:
        UsageError: There is no such file.
    """
    refused = _skipped_as(path, snapshot.manifest.skipped)
    absent = _as_it_is_now(snapshot, path, refused, index) if index and "\0" not in path else None
    if absent:
        return absent
    if refused:
        return Absence(path, "not_read", f"{path} was not read: {refused.reason}", _CONVERT)
    known = [each.path for each in snapshot.catalogue.documents()]
    near = process.extractOne(path, known, scorer=fuzz.ratio, score_cutoff=ALIKE)
    raise UsageError(
        f"the index has no document at {path!r}",
        command="citewell status",
        hint=f"did you mean {near[0]}?" if near else None,
    )


def newer_text(snapshot: Snapshot, quote: str, index: AnyIndex) -> Absence | None:
    """Return the file of the corpus that has a quotation now and is new or changed since the build, or None.

    Args:
        snapshot: The snapshot.
        quote: The quotation, word for word.
        index: Its index.
    """
    corpus = Path(snapshot.manifest.corpus)
    if not _is_there(corpus):
        return None
    changes = compare(corpus, index, snapshot)
    for path in (*changes.changed, *changes.added)[:_MOST_READ]:
        if occurrences(quote, _text_of(changes.files[path]), 1):
            changed = path in changes.changed
            message = f"{path} has changed since the index was built" if changed else f"{path} is newer than the index"
            return Absence(path, "changed" if changed else "new", message, UPDATE)
    return None


def _left_out(path: str, excluded: Excluded) -> Absence:
    predicate = excluded.predicate
    message = f"{path} {predicate}" if path == excluded.path else f"{path} is in {excluded.path}, which {predicate}"
    hint = f"to read it, add the line !/{excluded.path} to .citewellignore in the corpus, and update the index"
    return Absence(path, "left_out", message, UPDATE if excluded.is_large else hint)


def _as_it_is_now(snapshot: Snapshot, path: str, refused: Skipped | None, index: AnyIndex) -> Absence | None:
    """Return why a file of the corpus is no document of the index, if it is there."""
    corpus = Path(snapshot.manifest.corpus)
    parts = PurePosixPath(path).parts
    # Not Path.exists, which raises if a folder may not be entered, and follows links.
    if not _is_there(corpus) or path.startswith("/") or ".." in parts or not os.path.lexists(corpus / path):
        return None
    if path == own_words.FILE:
        return Absence(path, "left_out", f"{path} has the house's own words, and is no document", _RENAME)
    if path == TABLE:
        return Absence(path, "left_out", f"{path} has the facts of documents, and is no document", _RENAME)
    if Exclusions(corpus, index.path)(corpus / path):
        return Absence(path, "left_out", f"{path} belongs to an index or to user data, which are left out", _MOVE)
    found = scan(corpus, snapshot.manifest.selection)
    excluded = by_path(found.excluded)(path)
    if excluded:
        return _left_out(path, excluded)
    skipped = _skipped_as(path, found.skipped)
    if skipped:
        return Absence(path, "not_read", f"{path} is not read: {skipped.reason}", _CONVERT)
    source = next((each for each in found.files if each.path == path), None)
    if source and (refused is None or refused.digest not in (None, _digest_of(source))):
        return Absence(path, "new", f"{path} is newer than the index", UPDATE)
    return None


def _skipped_as(path: str, skipped: Iterable[Refused]) -> Refused | None:
    """Return the entry of a file that was skipped, or of the folder that it is in."""
    entries = {each.path: each for each in skipped}
    above = (path, *map(str, PurePosixPath(path).parents))
    return next((entries[each] for each in above if each in entries), None)


def _digest_of(source: SourceFile) -> str | None:
    try:
        return digest_of(source)
    except UnavailableError:
        return None


def _is_there(corpus: Path) -> bool:
    try:
        check_corpus(corpus)
    except UsageError:
        return False
    return True


def _text_of(source: SourceFile) -> str:
    try:
        return read(source).text
    except ReadingError:
        return ""

"""Looks at the files of a corpus: which may be documents, and their digests; folders that are as they were are passed over."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from citewell.corpus.reading import Excluded, Scan, SourceFile, Unread
from citewell.errors import UnavailableError
from citewell.index.file_digests import FileDigests, content_of
from citewell.index.known_files import KnownFiles
from citewell.index.manifest import Skipped
from citewell.state.folder import Exclusions


@dataclass(frozen=True, slots=True)
class Here:
    """What a corpus has: the files that may be documents, their digests, and the others.

    ``settled`` are those that are as they were indexed, as their folders show.
    """

    files: Mapping[str, SourceFile]
    digests: dict[str, str]
    settled: Collection[str]
    skipped: tuple[Skipped, ...]
    unavailable: tuple[Unread, ...]
    excluded: tuple[Excluded, ...]
    faults: tuple[str, ...]


class SettledFolders:
    """The folders of a corpus whose documents are in its index as they are now: the entries are those that were kept.

    Args:
        kept: The digests that are kept of the corpus.
        before: What the snapshot has of it.
    """

    def __init__(self, kept: FileDigests, before: KnownFiles) -> None:
        self._kept = kept
        # What was refused is not read again, either, and has a digest.
        self._before = before.known | {path: each.digest for path, each in before.refused.items() if each.digest}
        # The digests of the documents of each folder that was found to be as it was, by their paths.
        self.found: dict[str, dict[str, str]] = {}

    def others(self, folder: str, stamp: str) -> Collection[str] | None:
        """Return the names of the entries to look at, if all others are in the index as they are now; None if not."""
        kept = self._kept.folders.get(folder)
        if kept is None or kept.stamp != stamp:
            return None
        documents = self._by_folder.get(folder, {})
        if kept.others:
            documents = {path: each for path, each in documents.items() if path[len(folder) :] not in kept.others}
        if content_of(documents.items()) != kept.content:
            return None
        self.found[folder] = documents
        return kept.others

    @cached_property
    def _by_folder(self) -> dict[str, dict[str, str]]:
        found: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for path, digest in self._before.items():
            found[path[: path.rfind("/") + 1]][path] = digest
        return found


class _Sources(Mapping[str, SourceFile]):
    """The files of a corpus by their paths; those that nobody has looked at are made when they are asked for."""

    def __init__(self, corpus: Path, looked: dict[str, SourceFile], digests: dict[str, str]) -> None:
        self._corpus, self._looked, self._digests = corpus, looked, digests

    def __getitem__(self, path: str) -> SourceFile:
        if path in self._looked:
            return self._looked[path]
        if path not in self._digests:
            raise KeyError(path)
        return SourceFile(path, os.path.join(self._corpus, path))  # noqa: PTH118 - as they are listed

    def __iter__(self) -> Iterator[str]:
        return iter(self._digests)

    def __len__(self) -> int:
        return len(self._digests)


def look(
    corpus: Path,
    found: Scan,
    is_of_index: Exclusions,
    before: KnownFiles,
    known: FileDigests,
    folders: SettledFolders,
) -> Here:
    """Look at each file of a corpus; the folders of an index and of its users are none of it.

    Args:
        corpus: The folder of the corpus.
        found: What was found in it.
        is_of_index: Which files are not of the corpus.
        before: What the snapshot has of it.
        known: The digests of files, as far as they are known.
        folders: The folders that are as they were.
    """
    left_out = [each for each in found.skipped if each.temporary or not is_of_index(corpus / each.path)]
    unavailable = [each for each in left_out if each.temporary]
    settled = _passed(corpus, is_of_index, known, folders)
    looked = _looked(_without(is_of_index, found.files), known, unavailable)
    for folder, listing in found.listings.items():
        if not is_of_index(_inside(corpus, folder)):
            known.keep_folder(folder, listing)
    refused = {
        path: each
        for path, each in before.refused.items()
        if each.digest and (path in settled or (path in looked and looked[path][1] == each.digest))
    }
    digests = settled | {path: digest for path, (_, digest) in looked.items()}
    for path, each in refused.items():
        settled.pop(path, None)
        if not each.retry:
            del digests[path]
    if settled:
        nothing_else = settled.keys() == digests.keys() == before.known.keys()
        digests = before.known if nothing_else else {path: digests[path] for path in sorted(digests)}
    return Here(
        files=_Sources(corpus, {path: source for path, (source, _) in looked.items()}, digests),
        digests=digests,
        settled=settled,
        skipped=(*as_skipped(each for each in left_out if not each.temporary), *refused.values()),
        unavailable=tuple(unavailable),
        excluded=tuple(each for each in found.excluded if not is_of_index(corpus / each.path / "inside")),
        faults=found.faults,
    )


def _looked(
    sources: list[SourceFile], known: FileDigests, unavailable: list[Unread]
) -> dict[str, tuple[SourceFile, str]]:
    """Return files with their digests, by their paths, and note those that cannot be read now."""
    settled = known.settled(sources)
    found = {}
    for source in sources:
        try:
            digest = settled.get(source.path) or known.of(source)
        except UnavailableError as error:
            if not error.gone:
                unavailable.append(Unread(source.path, error.message, temporary=True))
        else:
            found[source.path] = source, digest
    return found


def _passed(corpus: Path, is_of_index: Exclusions, known: FileDigests, folders: SettledFolders) -> dict[str, str]:
    """Return the digests of the files in folders that are as they were, and note these folders."""
    known.pass_over(folders.found)
    passed: dict[str, str] = {}
    for folder, documents in folders.found.items():
        if not is_of_index(_inside(corpus, folder)):
            passed.update(documents)
    return passed


def as_skipped(unread: Iterable[Unread]) -> list[Skipped]:
    """Return files that are not read in the form of a manifest."""
    return [Skipped(path=each.path, reason=each.reason) for each in unread]


def _inside(corpus: Path, folder: str) -> str:
    return os.path.join(corpus, folder, "inside")  # noqa: PTH118 - asked of every folder of the corpus


def _without(is_of_index: Exclusions, files: Iterable[SourceFile]) -> list[SourceFile]:
    """Return the files that are not of an index; all in one folder are, or none."""
    folders: dict[str, bool] = {}
    left = []
    for source in files:
        folder = source.path[: source.path.rfind("/") + 1]
        if folder not in folders:
            folders[folder] = is_of_index(source.place)
        if not folders[folder]:
            left.append(source)
    return left

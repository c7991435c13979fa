"""Gathers the documents of a new snapshot: each is read or carried over, and split."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from heapq import heappop, heappush

from citewell.building.context import BuildContext
from citewell.corpus.facts_file import read_table
from citewell.corpus.reading import SourceFile, check_corpus
from citewell.corpus.reading.parsing import shortened
from citewell.corpus.splitting import entitled, split
from citewell.document import Document, Fact, Passage
from citewell.encoder.fitting import sizes
from citewell.errors import CitewellError, ReadingError, UnavailableError
from citewell.index.changes import Changes
from citewell.index.known_files import unread_parts
from citewell.index.manifest import Skipped, Warned
from citewell.index.stored import DocumentMap, StoredDocument, stored
from citewell.text.fact_names import TABLE, title_in
from citewell.text.language import detect


@dataclass(frozen=True, slots=True)
class Gathered:
    """A document with its passages and its map."""

    document: StoredDocument
    passages: list[Passage]
    where: DocumentMap


class Gathering:
    """Gathers documents, and remembers what happened to each file.

    ``refused`` are files that could not be read, ``gone`` those of them that are no longer there, ``unread`` parts of files,
    such as attachments, ``kept`` documents that are unavailable and keep their last version. ``is_behind_table`` tells whether
    documents were read while the table of facts could not be.
    """

    def __init__(self, context: BuildContext) -> None:
        self._context = context
        self._sizes = sizes(context.settings.splitting, context.encoder.card)
        self._scanned: dict[str, str] = {}
        current = context.keeper.current
        self._warned_before = {each.path: each for each in current.manifest.warned} if current else {}
        self._unread_before = unread_parts(current) if current else {}
        self.table = read_table(context.corpus)
        self.is_behind_table = False
        self.refused: dict[str, Skipped] = {}
        self.gone: set[str] = set()
        self.kept: dict[str, Skipped] = {}
        self.unread: list[Skipped] = []
        self.warned: dict[str, Warned] = {}

    def renewed(self, changes: Changes) -> set[str]:
        """Return the unchanged files that have documents of which the table of facts says something else now."""
        carried = self._context.keeper.carried
        if carried is None or not changes.table or self.table.digest is None:
            return set()
        catalogue = carried.catalogue
        return {
            document.file
            for document in catalogue.documents()
            if self._facts_now(document.path, catalogue.stored_facts(document.path)) is not None
        }

    def documents(self, changes: Changes, written: Collection[str]) -> Iterator[Gathered]:
        """Yield documents in the order of their paths; those inside a file may come after the next files.

        Args:
            changes: How the corpus differs from the current snapshot.
            written: The files whose documents are wanted; what is known of others is noted.
        """
        self._scanned = changes.digests
        self._context.unfinished.forget_others(changes.digests)
        kept = {each.path: each for each in changes.kept}
        unchanged = set(changes.unchanged) & set(written) if self._context.keeper.carried else set()
        as_before = {path for path in unchanged if not (changes.table and self._is_renamed(path))}
        for path in kept.keys() - written:
            self._note_kept(kept[path])
        paths = sorted(written)
        self._context.files.expect(changes.files[path] for path in paths if path not in kept and path not in as_before)
        ready: list[tuple[str, Gathered]] = []
        for nth, path in enumerate(paths):
            self._context.progress("Reading", nth, len(paths))
            while ready and ready[0][0] < path:
                yield self._with_facts(heappop(ready)[1])
            if path in kept:
                found = self._keep(kept[path])
            else:
                found = self._as_before(path) if path in as_before else self._read_or_keep(changes.files[path])
            for each in found:
                heappush(ready, (each.document.path, each))
        while ready:
            yield self._with_facts(heappop(ready)[1])
        if faults := self.table.all_faults():
            self.warned[TABLE] = Warned(path=TABLE, warnings=shortened(faults))
        self._context.progress("Reading", len(paths), len(paths))

    def _with_facts(self, found: Gathered) -> Gathered:
        """Return a document with what the table says of it now."""
        facts = self._facts_now(found.document.path, found.document.facts)
        return found if facts is None else replace(found, document=replace(found.document, facts=facts))

    def _facts_now(self, path: str, before: tuple[Fact, ...]) -> tuple[Fact, ...] | None:
        """Return the facts of a document with what the table says of it now; None if they are as before."""
        if self.table.digest is None:
            return None
        own = tuple(each for each in before if each.source != "table")
        facts = (*own, *self.table.facts(path))
        return None if facts == before else facts

    def _is_renamed(self, path: str) -> bool:
        """Return whether the table names a document of the current snapshot, or one inside it, otherwise than before.

        Its title stands above its windows, so it is split and encoded again.
        """
        current = self._context.keeper.current
        if current is None or self.table.digest is None:
            return False
        catalogue = current.catalogue
        names = (path, *catalogue.inside(path))
        return any(title_in(catalogue.facts_of(name)) != title_in(self.table.facts(name)) for name in names)

    def _as_before(self, path: str) -> list[Gathered]:
        """Return a document of the current snapshot, and those inside its file."""
        current = self._context.keeper.current
        if current is None:
            raise CitewellError(f"the index has no document {path!r}")
        catalogue, found = current.catalogue, []
        for name in (path, *catalogue.inside(path)):
            passages = catalogue.split_document(name)
            found.append(Gathered(catalogue.document(name), passages, catalogue.maps.of(name)))
            if name in self._warned_before:
                self.warned[name] = self._warned_before[name]
        self.unread += self._unread_before.get(path, [])
        return found

    def _keep(self, kept: Skipped) -> list[Gathered]:
        """Keep an unavailable document as it was split; if the settings have changed, it is read as soon as possible."""
        self._note_kept(kept)
        return self._as_before(kept.path)

    def _note_kept(self, kept: Skipped) -> None:
        self.kept[kept.path] = kept if self._context.keeper.carried else kept.model_copy(update={"retry": True})
        self.unread += self._unread_before.get(kept.path, [])

    def _read_or_keep(self, source: SourceFile) -> list[Gathered]:
        """Read a file; if that fails, keep the last version or list the file."""
        try:
            document = self._context.files.read(source)
            return [self._found(document), *self._inside(document, document.path)]
        except ReadingError as error:
            kept = self._context.keeper.keeps(source.path, error)
            if kept is None:
                self._refuse(source, error)
                return []
            return self._keep(kept)

    def _inside(self, document: Document, container: str) -> Iterator[Gathered]:
        """Yield the documents inside a file; one that cannot be split is listed."""
        self.unread += [
            Skipped(path=f"{document.path}/{each.name}", reason=each.reason, lacks=each.lacks)
            for each in document.unread
        ]
        for each in document.attached:
            try:
                yield self._found(each, container)
            except ReadingError as error:
                self.unread.append(Skipped(path=each.path, reason=error.message))
            yield from self._inside(each, container)

    def _found(self, document: Document, container: str | None = None) -> Gathered:
        """Return a document in the form of the catalogue, with its passages."""
        self.is_behind_table |= self.table.digest is None
        title = title_in(self.table.facts(document.path)) or document.title
        language = detect(document.text, self._context.settings.languages or None)
        document = replace(document, title=title, language=language)
        passages = self._passages(document)
        if document.warnings:
            self.warned[document.path] = Warned(path=document.path, warnings=document.warnings)
        return Gathered(stored(document, container), passages, DocumentMap(document.locations, document.boxes))

    def _passages(self, document: Document) -> list[Passage]:
        """Return the passages of a document: made by workers, who do not know what the table says of it, or here."""
        made = self._context.files.passages_of(document.path)
        return self._split(document) if made is None else entitled(made, document.title)

    def _split(self, document: Document) -> list[Passage]:
        """Split a document. An unexpected error affects only this document.

        Raises:
            ReadingError: It cannot be split.
        """
        try:
            return split(document, self._sizes, self._context.encoder.token_offsets)
        except (CitewellError, OSError):
            raise
        except Exception as error:
            reason = f"cannot be split into passages: {type(error).__name__}"
            raise ReadingError(reason, digest=document.digest, retry=isinstance(error, MemoryError)) from error

    def _refuse(self, source: SourceFile, error: ReadingError) -> None:
        """List an unreadable file with the digest of the bytes read; if it is retried anyway, with that of the scan.

        Raises:
            UsageError: The whole corpus is missing.
        """
        if isinstance(error, UnavailableError) and error.gone:
            check_corpus(self._context.corpus)
            self.gone.add(source.path)
        digest = self._scanned.get(source.path) if error.retry else error.digest
        self.refused[source.path] = Skipped(
            path=source.path, reason=error.message, digest=digest, retry=error.retry, lacks=error.lacks
        )

"""Writes the stores of a new snapshot: documents are read or carried over, split, indexed for BM25, and encoded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from citewell._version import __version__
from citewell.building.analysing import DocumentTerms
from citewell.building.choosing import Choice
from citewell.building.holding import Keeper
from citewell.building.report import BuildReport, Progress
from citewell.confidence import Calibration
from citewell.corpus.reading import SourceFile, check_corpus, read
from citewell.corpus.splitting import split
from citewell.document import Document, Passage, Window
from citewell.encoder.encoding import Encoder, Vectors
from citewell.encoder.fitting import sizes
from citewell.errors import CitewellError, ReadingError, UnavailableError
from citewell.index.cataloguing import AnalysedPassage, CatalogueWriter
from citewell.index.changes import Changes
from citewell.index.concordance_writing import ConcordanceWriter
from citewell.index.manifest import FORMAT, EncoderRecord, Manifest, Skipped, Warned, file_digests, in_order
from citewell.index.postings import LexicalWriter
from citewell.index.snapshot import CATALOGUE, CONCORDANCE, LEXICAL, TERMS, VECTORS, Snapshot, Stores
from citewell.index.stored import StoredDocument, stored
from citewell.index.term_places import TermPlacesWriter
from citewell.index.vectors import write_vectors
from citewell.search.calibrating import calibrate
from citewell.search.likeness import outline_of
from citewell.settings import Settings
from citewell.text.language import detect
from citewell.text.terms import Term

# The weight of what stands above a window, in its vector (docs/architecture.md, "What stands above").
_ABOVE_WEIGHT = 0.3
# A document and its passages.
_Found = tuple[StoredDocument, list[Passage]]


class SnapshotWriter:
    """Writes the stores of one snapshot and collects the data of its manifest."""

    def __init__(self, corpus: Path, settings: Settings, encoder: Encoder, progress: Progress, keeper: Keeper) -> None:
        self.corpus = corpus
        self.keeper = keeper
        self.settings = settings
        self.encoder = encoder
        self.sizes = sizes(settings.splitting, encoder.card)
        self.progress = progress
        self.digests: dict[str, str] = {}
        self.refused: dict[str, Skipped] = {}
        self.gone: set[str] = set()
        self.scanned: dict[str, str] = {}
        self.kept: dict[str, Skipped] = {}
        self.warned: dict[str, Warned] = {}
        self.keys: list[str] = []
        self.windows: dict[str, Window] = {}
        self.passages = 0

    def write_documents(self, folder: Path, changes: Changes) -> None:
        """Write the catalogue and the BM25 index, document by document in the order of their paths.

        Raises:
            HeldBackError: In an automatic build, many documents turned out to be unreadable.
            CitewellError: No document could be read.
        """
        kept = {each.path: each for each in changes.kept}
        self.scanned = changes.digests
        as_before = set(changes.unchanged) if self.keeper.carried else set()
        paths = sorted({*changes.files, *kept})
        catalogue = CatalogueWriter(folder / CATALOGUE)
        with (
            LexicalWriter(folder / LEXICAL) as lexical,
            TermPlacesWriter(folder / TERMS) as places,
            ConcordanceWriter(folder / CONCORDANCE) as concordance,
        ):
            for nth, path in enumerate(paths):
                self.progress("Reading", nth, len(paths))
                if path in kept:
                    found: _Found | None = self._keep(kept[path])
                else:
                    found = self._as_before(path) if path in as_before else self._read_or_keep(changes.files[path])
                if found is None:
                    continue
                document, passages = found
                self._remember(document, passages)
                terms = DocumentTerms(document, catalogue.words, places).of_passages(passages)
                catalogue.add(document, self._analysed(passages, terms, lexical))
                concordance.add(document.text)
        catalogue.close()
        self.progress("Reading", len(paths), len(paths))
        self.keeper.check(changes, self.refused)
        if not self.digests:
            raise CitewellError(f"no file in {self.corpus} could be read; the index is unchanged")

    def _analysed(
        self, passages: Sequence[Passage], terms: Iterable[tuple[list[Term], range]], lexical: LexicalWriter
    ) -> Iterator[AnalysedPassage]:
        """Index each passage by its words, and yield it."""
        for passage, (words, records) in zip(passages, terms, strict=True):
            lexical.add(self.passages, words)
            self.passages += 1
            yield AnalysedPassage(passage, records, outline_of(passage.text))

    def has_news(self, changes: Changes) -> bool:
        """Return whether the written documents differ from the carried ones."""
        return not self.keeper.carried or bool(changes) or any(path in self.digests for path in changes.retried)

    def write_vectors(self, folder: Path, source: Snapshot | None) -> int:
        """Write a vector for each window, reusing those of ``source``; return how many were reused."""
        rows = {key: row for row, key in enumerate(source.catalogue.window_keys())} if source else {}
        vectors = np.zeros((len(self.keys), self.encoder.card.dimension), dtype=np.float32)
        known = [at for at, key in enumerate(self.keys) if key in rows]
        if source and known:
            vectors[known] = source.vectors.rows(np.array([rows[self.keys[at]] for at in known], dtype=np.int64))
        fresh = [key for key in self.windows if key not in rows]
        encoded = self._encode([self.windows[key] for key in fresh])
        place = {key: at for at, key in enumerate(fresh)}
        for at, key in enumerate(self.keys):
            if key in place:
                vectors[at] = encoded[place[key]]
        write_vectors(vectors, folder / VECTORS)
        return len(known)

    def manifest(
        self,
        name: str,
        folder: Path,
        *,
        replaced: str | None,
        skipped: tuple[Skipped, ...],
        model: str,
    ) -> Manifest:
        """Describe the written snapshot."""
        content = "".join(f"{path}\0{digest}\n" for path, digest in self.digests.items())
        card = self.encoder.card
        return Manifest(
            format=FORMAT,
            name=name,
            built=datetime.now(UTC),
            citewell=__version__,
            corpus=str(self.corpus.resolve()),
            fingerprint=hashlib.sha256(content.encode("utf-8")).hexdigest(),
            splitting=self.settings.splitting,
            languages=self.settings.languages,
            encoder=EncoderRecord(identity=card.identity, model=model, dimension=card.dimension),
            calibration=self._calibrate(folder),
            documents=len(self.digests),
            passages=self.passages,
            windows=len(self.keys),
            skipped=self._skipped(skipped),
            warned=tuple(self.warned.values()),
            replaced=replaced,
            files=file_digests(folder),
        )

    def _skipped(self, found: tuple[Skipped, ...]) -> tuple[Skipped, ...]:
        refused = [each for path, each in self.refused.items() if path not in self.gone]
        left_out = {each.path: each for each in (*found, *refused) if each.path not in self.digests}
        return in_order((left_out | self.kept).values())

    def report(
        self, manifest: Manifest, changes: Changes, reused: int, seconds: float, choice: Choice | None
    ) -> BuildReport:
        """Describe the build; a file that turned out not to be a document does not count as added."""
        return BuildReport(
            added=sum(
                path not in self.refused and path not in self.kept for path in (*changes.added, *changes.retried)
            ),
            changed=sum(path not in self.refused and path not in self.kept for path in changes.changed),
            removed=len(changes.removed) + sum(path in self.refused for path in (*changes.changed, *changes.unchanged)),
            unchanged=sum(path not in self.refused for path in changes.unchanged),
            skipped=manifest.skipped,
            warned=manifest.warned,
            kept=in_order(self.kept.values()),
            passages=manifest.passages,
            windows=manifest.windows,
            reused=reused,
            seconds=seconds,
            snapshot=manifest.name,
            up_to_date=False,
            model=manifest.encoder.model,
            choice=choice,
        )

    def _calibrate(self, folder: Path) -> Calibration:
        self.progress("Calibrating", 0, 1)
        calibration = calibrate(Stores(folder), self.encoder, self.settings.searching)
        self.progress("Calibrating", 1, 1)
        return calibration

    def _as_before(self, path: str) -> _Found:
        """Return a document of the current snapshot."""
        current = self.keeper.current
        if current is None:
            raise CitewellError(f"the index has no document {path!r}")
        document, passages = current.catalogue.document(path), current.catalogue.split_document(path)
        self.warned.update((each.path, each) for each in current.manifest.warned if each.path == path)
        if not self.keeper.carried:
            self._note_texts(passages)
        return document, passages

    def _keep(self, kept: Skipped) -> _Found:
        """Keep an unavailable document as it was split; if the settings have changed, it is read as soon as possible."""
        self.kept[kept.path] = kept if self.keeper.carried else kept.model_copy(update={"retry": True})
        return self._as_before(kept.path)

    def _read_or_keep(self, source: SourceFile) -> _Found | None:
        """Read a file; if that fails, keep the last version or list the file."""
        try:
            return self._pair(read(source))
        except ReadingError as error:
            kept = self.keeper.keeps(source.path, error)
            if kept is None:
                self._refuse(source, error)
                return None
            return self._keep(kept)

    def _pair(self, document: Document) -> _Found:
        """Return a document in the form of the catalogue, with its passages."""
        document = replace(document, language=detect(document.text, self.settings.languages or None))
        passages = self._split(document)
        self._note_texts(passages)
        if document.warnings:
            self.warned[document.path] = Warned(path=document.path, warnings=document.warnings)
        return stored(document), passages

    def _note_texts(self, passages: list[Passage]) -> None:
        """Collect the texts that may have to be encoded."""
        for passage in passages:
            self.windows.update((window.key, window) for window in passage.windows)

    def _split(self, document: Document) -> list[Passage]:
        """Split a document. An unexpected error affects only this document.

        Raises:
            ReadingError: It cannot be split.
        """
        try:
            return split(document, self.sizes, self.encoder.token_offsets)
        except (CitewellError, OSError):
            raise
        except Exception as error:
            reason = f"cannot be split into passages: {type(error).__name__}"
            raise ReadingError(reason, digest=document.digest, retry=isinstance(error, MemoryError)) from error

    def _remember(self, document: StoredDocument, passages: list[Passage]) -> None:
        self.digests[document.path] = document.digest
        self.keys.extend(window.key for passage in passages for window in passage.windows)

    def _refuse(self, source: SourceFile, error: ReadingError) -> None:
        """List an unreadable file with the digest of the bytes read; if it is retried anyway, with that of the scan.

        Raises:
            UsageError: The whole corpus is missing.
        """
        if isinstance(error, UnavailableError) and error.gone:
            check_corpus(self.corpus)
            self.gone.add(source.path)
        digest = self.scanned.get(source.path) if error.retry else error.digest
        self.refused[source.path] = Skipped(path=source.path, reason=error.message, digest=digest, retry=error.retry)

    def _encode(self, windows: list[Window]) -> Vectors:
        """Return the vector of each window: that of its text, moved a little towards that of what stands above it."""
        contexts = list(dict.fromkeys(window.above for window in windows if window.above))
        total, done = len(windows) + len(contexts), 0

        def advance(count: int) -> None:
            nonlocal done
            done += count
            self.progress("Encoding", done, total)

        vectors = self.encoder.encode_documents([window.measured for window in windows], advance)
        place = {context: at for at, context in enumerate(contexts)}
        above = self.encoder.encode_documents(contexts, advance)
        headed = np.array([at for at, window in enumerate(windows) if window.above], dtype=np.int64)
        vectors[headed] += _ABOVE_WEIGHT * above[[place[windows[at].above] for at in headed.tolist()]]
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.finfo(np.float32).tiny)
        return vectors

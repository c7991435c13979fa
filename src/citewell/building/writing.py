"""The stores of a new snapshot: documents read or carried over, split, counted for BM25 and encoded."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from citewell._version import __version__
from citewell.building.holding import Keeper
from citewell.building.report import BuildReport, Progress
from citewell.confidence import Calibration
from citewell.corpus.reading import SourceFile, check_corpus, read
from citewell.corpus.splitting import split
from citewell.document import Document, Passage
from citewell.encoder.encoding import Encoder, Vectors
from citewell.errors import CitewellError, ReadingError, UnavailableError
from citewell.index.catalogue import StoredDocument, stored
from citewell.index.cataloguing import CatalogueWriter
from citewell.index.changes import Changes
from citewell.index.folder import CATALOGUE, LEXICAL, VECTORS, Snapshot, Stores
from citewell.index.lexical import LexicalWriter
from citewell.index.manifest import FORMAT, EncoderRecord, Manifest, Skipped, file_digests, in_order
from citewell.index.vectors import write_vectors
from citewell.search.calibrating import calibrate
from citewell.settings import Settings

# A document, and what it is split into.
_Found = tuple[StoredDocument, list[Passage]]


class SnapshotWriter:
    """Writes the stores of one snapshot and remembers what went into them."""

    def __init__(self, corpus: Path, settings: Settings, encoder: Encoder, progress: Progress, keeper: Keeper) -> None:
        self.corpus = corpus
        self.keeper = keeper
        self.settings = settings
        self.encoder = encoder
        self.progress = progress
        self.digests: dict[str, str] = {}
        self.refused: dict[str, Skipped] = {}
        self.gone: set[str] = set()
        self.looked: dict[str, str] = {}
        self.kept: dict[str, Skipped] = {}
        self.keys: list[str] = []
        self.texts: dict[str, str] = {}
        self.passages = 0

    def write_documents(self, folder: Path, changes: Changes) -> None:
        """Write the catalogue and the BM25 index, document by document in the order of their paths.

        Raises:
            HeldBackError: Nobody watches, and of many documents it turned out that they are none any more.
            CitewellError: No document could be read.
        """
        kept = {each.path: each for each in changes.kept}
        self.looked = changes.digests
        as_before = set(changes.unchanged) if self.keeper.carried else set()
        paths = sorted({*changes.files, *kept})
        catalogue = CatalogueWriter(folder / CATALOGUE)
        with LexicalWriter(folder / LEXICAL) as lexical:
            for nth, path in enumerate(paths):
                self.progress("Reading", nth, len(paths))
                if path in kept:
                    found: _Found | None = self._keep(kept[path])
                else:
                    found = self._as_before(path) if path in as_before else self._read_or_keep(changes.files[path])
                if found is None:
                    continue
                document, passages = found
                catalogue.add(document, passages)
                self._remember(document, passages)
                for passage in passages:
                    lexical.add(self.passages, [document.title, *passage.section], passage.text)
                    self.passages += 1
        catalogue.close()
        self.progress("Reading", len(paths), len(paths))
        self.keeper.check(changes, self.refused)
        if not self.digests:
            raise CitewellError(f"nothing in {self.corpus} could be read, so the index was left as it was")

    def has_news(self, changes: Changes) -> bool:
        """Say whether what was written is anything else than what could be carried over."""
        return not self.keeper.carried or bool(changes) or any(path in self.digests for path in changes.again)

    def write_vectors(self, folder: Path, source: Snapshot | None) -> int:
        """Write a vector for each window, from ``source`` where it has one; return how many it had."""
        rows = {key: row for row, key in enumerate(source.catalogue.window_keys())} if source else {}
        vectors = np.zeros((len(self.keys), self.encoder.card.dimension), dtype=np.float32)
        known = [at for at, key in enumerate(self.keys) if key in rows]
        if source and known:
            vectors[known] = source.vectors.rows(np.array([rows[self.keys[at]] for at in known], dtype=np.int64))
        fresh = [key for key in self.texts if key not in rows]
        made = self._encode([self.texts[key] for key in fresh])
        place = {key: at for at, key in enumerate(fresh)}
        for at, key in enumerate(self.keys):
            if key in place:
                vectors[at] = made[place[key]]
        write_vectors(vectors, folder / VECTORS)
        return len(known)

    def manifest(
        self,
        name: str,
        folder: Path,
        *,
        replaced: str | None,
        skipped: tuple[Skipped, ...],
        model: str | None,
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
            encoder=EncoderRecord(identity=card.identity, model=model, dimension=card.dimension),
            calibration=self._calibrate(folder),
            documents=len(self.digests),
            passages=self.passages,
            windows=len(self.keys),
            skipped=self._skipped(skipped),
            replaced=replaced,
            files=file_digests(folder),
        )

    def _skipped(self, found: tuple[Skipped, ...]) -> tuple[Skipped, ...]:
        refused = [each for path, each in self.refused.items() if path not in self.gone]
        left_out = {each.path: each for each in (*found, *refused) if each.path not in self.digests}
        return in_order((left_out | self.kept).values())

    def report(self, manifest: Manifest, changes: Changes, reused: int, seconds: float) -> BuildReport:
        """Say what was done; a file that turned out not to be a document was not added."""
        return BuildReport(
            added=sum(path not in self.refused and path not in self.kept for path in (*changes.added, *changes.again)),
            changed=sum(path not in self.refused and path not in self.kept for path in changes.changed),
            removed=len(changes.removed) + sum(path in self.refused for path in (*changes.changed, *changes.unchanged)),
            unchanged=sum(path not in self.refused for path in changes.unchanged),
            skipped=manifest.skipped,
            kept=in_order(self.kept.values()),
            passages=manifest.passages,
            windows=manifest.windows,
            reused=reused,
            seconds=seconds,
            snapshot=manifest.name,
            up_to_date=False,
        )

    def _calibrate(self, folder: Path) -> Calibration:
        self.progress("Calibrating", 0, 1)
        calibration = calibrate(Stores(folder), self.encoder, self.settings.searching)
        self.progress("Calibrating", 1, 1)
        return calibration

    def _as_before(self, path: str) -> _Found:
        """Return what the index has of a document."""
        held = self.keeper.held
        if held is None:
            raise CitewellError(f"the index holds no document {path!r}")
        document, passages = held.catalogue.document(path), held.catalogue.split_document(path)
        if not self.keeper.carried:
            self._want(passages)
        return document, passages

    def _keep(self, kept: Skipped) -> _Found:
        """Keep a document that cannot be read, as it was split; with other settings, it is read again when that can be done."""
        self.kept[kept.path] = kept if self.keeper.carried else kept.model_copy(update={"again": True})
        return self._as_before(kept.path)

    def _read_or_keep(self, source: SourceFile) -> _Found | None:
        """Read a file; where that cannot be done, keep what the index has, or list it."""
        try:
            return self._pair(read(source))
        except ReadingError as error:
            kept = self.keeper.keeps(source.path, error)
            if kept is None:
                self._refuse(source, error)
                return None
            return self._keep(kept)

    def _pair(self, document: Document) -> _Found:
        """Return a document as the catalogue has it, and what it is split into, whose vectors may have to be made."""
        passages = self._split(document)
        self._want(passages)
        return stored(document), passages

    def _want(self, passages: list[Passage]) -> None:
        """Note the texts of which vectors may have to be made."""
        for passage in passages:
            self.texts.update((window.key, window.text) for window in passage.windows)

    def _split(self, document: Document) -> list[Passage]:
        """Split a document. What goes wrong only there is the document's fault, and no reason to stop.

        Raises:
            ReadingError: It cannot be split.
        """
        try:
            return split(document, self.settings.splitting, self.encoder.token_offsets)
        except (CitewellError, OSError):
            raise
        except Exception as error:
            reason = f"cannot be split into passages: {type(error).__name__}"
            raise ReadingError(reason, digest=document.digest, again=isinstance(error, MemoryError)) from error

    def _remember(self, document: StoredDocument, passages: list[Passage]) -> None:
        self.digests[document.path] = document.digest
        self.keys.extend(window.key for passage in passages for window in passage.windows)

    def _refuse(self, source: SourceFile, error: ReadingError) -> None:
        """List a file, by the bytes that were read; where it is tried again in any case, by those that were looked at.

        Raises:
            UsageError: It is gone with the whole corpus.
        """
        if isinstance(error, UnavailableError) and error.gone:
            check_corpus(self.corpus)
            self.gone.add(source.path)
        digest = self.looked.get(source.path) if error.again else error.digest
        self.refused[source.path] = Skipped(path=source.path, reason=error.message, digest=digest, again=error.again)

    def _encode(self, texts: list[str]) -> Vectors:
        done = 0

        def advance(count: int) -> None:
            nonlocal done
            done += count
            self.progress("Encoding", done, len(texts))

        return self.encoder.encode_documents(texts, advance)

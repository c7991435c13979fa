"""Writes the stores of a new snapshot: documents are read or carried over, split, indexed for BM25, and encoded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from citewell._version import __version__
from citewell.building.analysing import DocumentTerms
from citewell.building.choosing import Choice
from citewell.building.context import BuildContext
from citewell.building.gathering import Gathered, Gathering
from citewell.building.report import BuildReport
from citewell.confidence import Calibration
from citewell.corpus.reading import versions
from citewell.document import Passage, Window
from citewell.encoder.encoding import Vectors
from citewell.errors import CitewellError
from citewell.index.cataloguing import AnalysedPassage, CatalogueWriter
from citewell.index.changes import Changes
from citewell.index.concordance_writing import ConcordanceWriter
from citewell.index.manifest import FORMAT, EncoderRecord, Manifest, Skipped, file_digests, in_order
from citewell.index.postings import LexicalWriter
from citewell.index.snapshot import CATALOGUE, CONCORDANCE, LEXICAL, TERMS, VECTORS, Snapshot, Stores
from citewell.index.term_places import TermPlacesWriter
from citewell.index.vectors import write_vectors
from citewell.search.calibrating import calibrate
from citewell.search.likeness import outline_of
from citewell.text.terms import Term

# The weight of what stands above a window, in its vector (docs/architecture.md, "What stands above").
ABOVE_WEIGHT = 0.3
# What is encoded in one go, and kept if the build is stopped after it.
_PART = 1_024
_BEHIND = "not read"


class SnapshotWriter:
    """Writes the stores of one snapshot and collects the data of its manifest."""

    def __init__(self, context: BuildContext) -> None:
        self.context = context
        self.gathering = Gathering(context)
        self.digests: dict[str, str] = {}
        self.inside = 0
        self.keys: list[str] = []
        self.passages = 0

    def write_documents(self, folder: Path, changes: Changes) -> None:
        """Write the catalogue and the BM25 index, document by document in the order of their paths.

        Raises:
            HeldBackError: In an automatic build, many documents turned out to be unreadable.
            CitewellError: No document could be read.
        """
        catalogue = CatalogueWriter(folder / CATALOGUE)
        with (
            LexicalWriter(folder / LEXICAL) as lexical,
            TermPlacesWriter(folder / TERMS) as places,
            ConcordanceWriter(folder / CONCORDANCE) as concordance,
        ):
            for found in self.gathering.documents(changes):
                self._remember(found)
                terms = DocumentTerms(found.document, catalogue.words, places).of_passages(found.passages)
                catalogue.add(found.document, self._analysed(found.passages, terms, lexical), found.where)
                concordance.add(found.document.text)
        catalogue.close()
        self.context.keeper.check(changes, self.gathering.refused)
        if not self.digests:
            raise CitewellError(f"no file in {self.context.corpus} could be read; the index is unchanged")

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
        return not self.context.keeper.carried or bool(changes) or any(path in self.digests for path in changes.retried)

    def write_vectors(self, folder: Path, source: Snapshot | None) -> int:
        """Write a vector for each window, reusing those of ``source``; return how many were reused."""
        rows = {key: row for row, key in enumerate(source.catalogue.window_keys())} if source else {}
        vectors = np.zeros((len(self.keys), self.context.encoder.card.dimension), dtype=np.float32)
        known = [at for at, key in enumerate(self.keys) if key in rows]
        if source and known:
            vectors[known] = source.vectors.rows(np.array([rows[self.keys[at]] for at in known], dtype=np.int64))
        fresh = [key for key in self.gathering.windows if key not in rows]
        encoded = self._encode(fresh)
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
        card = self.context.encoder.card
        return Manifest(
            format=FORMAT,
            name=name,
            built=datetime.now(UTC),
            citewell=__version__,
            corpus=str(self.context.corpus.resolve()),
            fingerprint=hashlib.sha256(content.encode("utf-8")).hexdigest(),
            splitting=self.context.settings.splitting,
            languages=self.context.settings.languages,
            facts=self._facts_digest(),
            reading=self.context.settings.reading,
            selection=self.context.settings.selection,
            readers=versions(),
            encoder=EncoderRecord(identity=card.identity, model=model, dimension=card.dimension),
            calibration=self._calibrate(folder),
            documents=len(self.digests),
            inside=self.inside,
            passages=self.passages,
            windows=len(self.keys),
            skipped=self._skipped(skipped),
            warned=tuple(self.gathering.warned.values()),
            replaced=replaced,
            files=file_digests(folder),
        )

    def _facts_digest(self) -> str:
        """Return the digest of the table of facts; of one that cannot be read now, that of before, if all facts are, too."""
        now, current = self.gathering.table.digest, self.context.keeper.current
        if now is None and self.gathering.is_behind_table:
            # Of no table, so that the next build that can read it follows it.
            return _BEHIND
        return now if now is not None else current.manifest.facts if current else ""

    def _skipped(self, found: tuple[Skipped, ...]) -> tuple[Skipped, ...]:
        gathered = self.gathering
        refused = [each for path, each in gathered.refused.items() if path not in gathered.gone]
        left_out = {each.path: each for each in (*found, *refused, *gathered.unread) if each.path not in self.digests}
        return in_order((left_out | gathered.kept).values())

    def report(
        self, manifest: Manifest, changes: Changes, reused: int, seconds: float, choice: Choice | None
    ) -> BuildReport:
        """Describe the build; a file that turned out not to be a document does not count as added."""
        refused, kept = self.gathering.refused, self.gathering.kept
        return BuildReport(
            added=sum(path not in refused and path not in kept for path in (*changes.added, *changes.retried)),
            changed=sum(path not in refused and path not in kept for path in changes.changed),
            removed=len(changes.removed) + sum(path in refused for path in (*changes.changed, *changes.unchanged)),
            unchanged=sum(path not in refused for path in changes.unchanged),
            documents=manifest.documents,
            attached=manifest.inside,
            skipped=manifest.skipped,
            warned=manifest.warned,
            kept=in_order(kept.values()),
            passages=manifest.passages,
            windows=manifest.windows,
            reused=reused,
            seconds=seconds,
            snapshot=manifest.name,
            up_to_date=False,
            model=manifest.encoder.model,
            excluded=changes.excluded,
            dropped=changes.dropped,
            rule_faults=changes.rule_faults,
            choice=choice,
        )

    def _calibrate(self, folder: Path) -> Calibration:
        self.context.progress("Calibrating", 0, 1)
        calibration = calibrate(Stores(folder), self.context.encoder, self.context.settings.searching)
        self.context.progress("Calibrating", 1, 1)
        return calibration

    def _remember(self, found: Gathered) -> None:
        self.digests[found.document.path] = found.document.digest
        self.inside += found.document.container is not None
        self.keys.extend(window.key for passage in found.passages for window in passage.windows)

    def _encode(self, keys: Sequence[str]) -> Vectors:
        """Return the vector of each window: that of its text, moved a little towards that of what stands above it.

        Windows are encoded in parts of similar length, and each part is kept, in case the build is stopped.
        """
        windows, before = self.gathering.windows, self.context.unfinished.vectors(keys)
        found = np.zeros((len(keys), self.context.encoder.card.dimension), dtype=np.float32)
        missing: list[int] = []
        for at, key in enumerate(keys):
            if key in before:
                found[at] = before[key]
            else:
                missing.append(at)
        missing.sort(key=lambda at: len(windows[keys[at]].measured))
        contexts = {window.above for at in missing if (window := windows[keys[at]]).above}
        above: dict[str, npt.NDArray[np.float32]] = {}
        done, total = len(before), len(keys) + len(contexts)

        def advance(count: int) -> None:
            nonlocal done
            done += count
            self.context.progress("Encoding", done, total)

        for start in range(0, len(missing), _PART):
            part = missing[start : start + _PART]
            found[part] = self._encode_part([windows[keys[at]] for at in part], above, advance)
            self.context.unfinished.keep_vectors([keys[at] for at in part], found[part])
        return found

    def _encode_part(
        self, windows: list[Window], above: dict[str, npt.NDArray[np.float32]], advance: Callable[[int], None]
    ) -> Vectors:
        """Return the vectors of some windows; ``above`` has those of what stands above earlier ones."""
        contexts = [each for each in dict.fromkeys(window.above for window in windows) if each and each not in above]
        vectors = self.context.encoder.encode_documents([window.measured for window in windows], advance)
        if contexts:
            above.update(zip(contexts, self.context.encoder.encode_documents(contexts, advance), strict=True))
        for vector, window in zip(vectors, windows, strict=True):
            if window.above:
                vector += ABOVE_WEIGHT * above[window.above]
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.finfo(np.float32).tiny)
        return vectors

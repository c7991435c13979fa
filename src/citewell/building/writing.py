"""Writes the stores of a new snapshot: documents are read or carried over, split, indexed for BM25, and encoded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime

from citewell._version import __version__
from citewell.building.analysing import DocumentTerms
from citewell.building.choosing import Choice
from citewell.building.context import BuildContext
from citewell.building.encoding import WindowEncoder
from citewell.building.gathering import Gathered, Gathering
from citewell.building.planning import plan
from citewell.building.report import BuildReport
from citewell.building.reusing import KnownVectors
from citewell.building.staying import Staying
from citewell.confidence import Calibration
from citewell.corpus.reading import versions
from citewell.document import Passage
from citewell.errors import CitewellError
from citewell.index.cataloguing import AnalysedPassage
from citewell.index.changes import Changes
from citewell.index.manifest import (
    FORMAT,
    EncoderRecord,
    Manifest,
    Skipped,
    Warned,
    in_order,
)
from citewell.index.storage import Draft, Snapshot, VectorsToWrite
from citewell.search import curves
from citewell.search.likeness import outline_of
from citewell.text.fact_names import TABLE
from citewell.text.terms import Term

_BEHIND = "not read"
_NONE_YET = Calibration(slope=1.0, intercept=0.0, unrelated=0.0)


class SnapshotWriter:
    """Writes one snapshot: a new segment beside those that stay, and the BM25 index of all; collects the data of its manifest.

    Args:
        context: What the steps of the build have in common.
        draft: Where it is written.
        changes: How the corpus differs from the current snapshot.
        known: The vectors that need not be made again.
        compact: Whether everything is written again.
    """

    def __init__(
        self,
        context: BuildContext,
        draft: Draft[Snapshot],
        changes: Changes,
        known: KnownVectors,
        *,
        compact: bool = False,
    ) -> None:
        self.context = context
        self.gathering = Gathering(context)
        self._draft = draft
        self._changes = changes
        self._known = known
        self._is_compacting = compact
        self.plan = plan(changes, context.keeper.carried, renewed=self.gathering.renewed(changes), compact=compact)
        self._staying = Staying(context.keeper.carried if self.plan.kept else None, self.plan.leaving)
        # Of the documents of the segments that stay, and of the new one.
        self.digests = self._staying.digests()
        self.inside = self._staying.inside
        self.windows = self._staying.windows
        self.passages = self._staying.passages
        self.encoded = 0
        self.fresh_passages = 0

    def write(self) -> None:
        """Write the stores, document by document in the order of their paths; vectors only if there is news.

        Raises:
            HeldBackError: In an automatic build, many documents turned out to be unreadable.
            CitewellError: No document could be read.
        """
        dimension = self.context.encoder.card.dimension
        writing = self._draft.writing(self.plan.number, dimension, continues=bool(self.plan.kept))
        with self.context.files, writing as segment, closing(self._encoder_for(segment.vectors)) as encoder:
            for number, passages in self.plan.removed:
                segment.remove(number, passages)
            for found in self.gathering.documents(self._changes, self.plan.written):
                self._remember(found)
                encoder.add(window for passage in found.passages for window in passage.windows)
                terms = DocumentTerms(found.document, segment.words, segment.places).of_passages(found.passages)
                segment.add(found.document, _taking(encoder, _analysed(found.passages, terms)), found.where)
            self.context.keeper.check(self._changes, self.gathering.refused)
            if not self.digests:
                raise CitewellError(f"no file in {self.context.corpus} could be read; the index is unchanged")
            if self.has_news():
                # A new index is calibrated next; the last windows are still encoded.
                if not self.context.keeper.carried:
                    curves.prepare()
                encoder.finish()
                self.encoded = encoder.missing

    def _encoder_for(self, vectors: VectorsToWrite) -> WindowEncoder:
        return WindowEncoder(self.context, self._known, vectors)

    def has_news(self) -> bool:
        """Return whether the written documents differ from the carried ones, or are written in another way."""
        is_same = self.context.keeper.carried and not self._changes and not self._is_compacting
        return not is_same or any(path in self.digests for path in self._changes.retried)

    def manifest(self, *, replaced: str | None, model: str) -> Manifest:
        """Describe the written snapshot; its calibration and its examples are those of the snapshot before (``finishing``)."""
        content = "".join(f"{path}\0{self.digests[path]}\n" for path in sorted(self.digests))
        card, carried = self.context.encoder.card, self.context.keeper.carried
        before = carried.manifest if carried else None
        changed = self.plan.dropped + self.fresh_passages
        return Manifest(
            format=FORMAT,
            name=self._draft.name,
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
            calibration=before.calibration if before else _NONE_YET,
            documents=len(self.digests),
            inside=self.inside,
            passages=self.passages,
            windows=self.windows,
            changed_passages=changed + (before.changed_passages if before else 0),
            segments=(*self.plan.kept, *self._draft.segments()),
            skipped=self._skipped(self._changes.skipped),
            warned=self._warned(),
            replaced=replaced,
            examples=before.examples if before else (),
            files=self._draft.files(),
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

    def _warned(self) -> tuple[Warned, ...]:
        """Return the documents that were read though not every byte of them, in order."""
        current = self.context.keeper.current
        before = [each for each in current.manifest.warned if each.path in self._staying] if current else []
        warned = {each.path: each for each in (*before, *self.gathering.warned.values())}
        return tuple(warned[path] for path in sorted(warned, key=lambda path: (path == TABLE, path)))

    def report(self, manifest: Manifest, seconds: float, choice: Choice | None) -> BuildReport:
        """Describe the build; a file that turned out not to be a document does not count as added."""
        refused, kept, changes = self.gathering.refused, self.gathering.kept, self._changes
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
            reused=manifest.windows - self.encoded,
            seconds=seconds,
            snapshot=manifest.name,
            up_to_date=False,
            model=manifest.encoder.model,
            excluded=changes.excluded,
            dropped=changes.dropped,
            rule_faults=changes.rule_faults,
            choice=choice,
        )

    def _remember(self, found: Gathered) -> None:
        document = found.document
        self.digests[document.path] = document.digest
        self.inside += document.container is not None
        if (document.container or document.path) in self.plan.fresh:
            self.fresh_passages += len(found.passages)
        self.passages += len(found.passages)
        self.windows += sum(len(passage.windows) for passage in found.passages)


def _taking(encoder: WindowEncoder, passages: Iterable[AnalysedPassage]) -> Iterator[AnalysedPassage]:
    """Yield passages, and take what is encoded meanwhile: a long document takes many seconds, which a kill would lose."""
    for passage in passages:
        yield passage
        encoder.take_made()


def _analysed(passages: Sequence[Passage], terms: Iterable[tuple[list[Term], range]]) -> Iterator[AnalysedPassage]:
    for passage, (words, records) in zip(passages, terms, strict=True):
        yield AnalysedPassage(passage, words, records, outline_of(passage.text))

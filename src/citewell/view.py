"""One snapshot for one request: it answers a question, with its history, or reports that the corpus does not cover it."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from citewell.answer import Answer, Place, Scope, Turn
from citewell.asked import Missing, Part
from citewell.confidence import THRESHOLDS
from citewell.corpus.words_file import WordsFiles
from citewell.encoder.encoding import Encoder
from citewell.errors import QuestionError, UsageError
from citewell.index.facts import FactTable
from citewell.index.index import AnyIndex
from citewell.index.manifest import Manifest
from citewell.index.storage import Snapshot
from citewell.index.stored import DocumentSummary, StoredDocument
from citewell.search.dating import Editions
from citewell.search.filtering import Filtered, filtered, without_filters
from citewell.search.finding import Finder
from citewell.search.follow_up import Understood, understand
from citewell.search.greeting import REPLIES, courtesy, without_greeting
from citewell.search.lacking import unknown_words
from citewell.search.lead import lead_of
from citewell.search.parts import Reading, divided
from citewell.search.reranking import Reranker
from citewell.search.searching import Found, search
from citewell.search.similar import Similar, similar
from citewell.search.where import Where
from citewell.search.widening import Widener
from citewell.settings import Settings
from citewell.text.foreign import asked_in, is_foreign
from citewell.text.phrases import phrases_in

if TYPE_CHECKING:
    from citewell.index.changes import Drift
    from citewell.search.explanation import Explanation

# A question that turns on what the documents do not have is not covered, whatever else matches.
_WITHOUT_KEY = 0.1


class View:
    """One snapshot with its encoder: all reads of one request are consistent, even if a rebuild switches meanwhile.

    Args:
        snapshot: The snapshot.
        encoder: The encoder of its vectors.
        settings: The settings.
        reranker: Re-orders the first passages, if one is set.
    """

    def __init__(
        self, snapshot: Snapshot, encoder: Encoder, settings: Settings, reranker: Reranker | None = None
    ) -> None:
        self.snapshot = snapshot
        self.encoder = encoder
        self._searching = settings.searching
        self._reranker = reranker
        self._editions = Editions(snapshot.catalogue)
        self.widener = Widener(WordsFiles(Path(snapshot.manifest.corpus), settings.words), snapshot)

    @property
    def manifest(self) -> Manifest:
        """The manifest of the snapshot."""
        return self.snapshot.manifest

    @property
    def facts(self) -> FactTable:
        """The facts of all documents, and the words that filters have for them."""
        return self.snapshot.catalogue.facts

    def ask(
        self,
        question: str,
        *,
        top: int = 5,
        scope: Scope | None = None,
        history: Sequence[Turn] = (),
        correct: bool = True,
        words: bool = True,
        name: str | int | None = None,
    ) -> Answer:
        """Answer a question with quotations; see `Assistant.ask`."""
        began = time.perf_counter()
        text = check_question(question, self._searching.question_characters)
        asked, within = self.filtered(text, scope)
        before = without_filters(history, self.facts)
        # Words in quotation marks are looked up, whatever they say.
        kind, rest = None if phrases_in(asked.text) else courtesy(asked.text), without_greeting(asked.text)
        understand = partial(self._understood, scope=within, words=words)
        understood = understand(rest, before, correct=correct)
        whole = self._read(understood, top)

        def ask(part: str, preceding: str | None) -> Reading:
            turns = (*before, Turn("user", preceding)) if preceding else before
            return self._read(understand(part, turns, correct=False), top)

        lowest = THRESHOLDS[self._searching.refusal]
        parts = None if kind else divided(understood.text, whole, ask, self.snapshot, lowest=lowest, top=top)
        confidence = 0.0 if kind else (parts or whole).confidence
        answered, found = confidence >= lowest, whole.found
        lead = parts.lead if parts else lead_of(found.passages, found.said, understood.query.weights, lowest)
        language = asked_in(rest, self.snapshot.catalogue.languages)
        missing = () if kind or parts else found.missing
        return Answer(
            question=text,
            answered=answered,
            confidence=confidence,
            passages=self._editions.noted((parts or found).passages),
            snapshot=self.manifest.name,
            filters=within.filters,
            unfiltered=asked.text if asked.filters else None,
            language=language,
            unread_language=not (kind or language is None or self._reads(language)),
            understood_with=() if kind else understood.context,
            read_as={} if kind else dict(understood.corrections),
            widened=() if kind else understood.widened,
            missing=missing,
            unknown=() if kind else self._unknown(understood, missing, parts.parts if parts else ()),
            lead=lead if answered else (),
            parts=parts.parts if parts else (),
            reply=REPLIES[kind] if kind else None,
            seconds=time.perf_counter() - began,
            id=name,
        )

    def why(
        self,
        question: str,
        where: Where,
        *,
        top: int = 5,
        scope: Scope | None = None,
        history: Sequence[Turn] = (),
        correct: bool = True,
        words: bool = True,
        index: AnyIndex | None = None,
        deepest: int = 1000,
    ) -> Explanation:
        """Explain why a place is not in an answer; see `Assistant.why`.

        Args:
            question: The question.
            where: The place.
            top: The number of passages of the answer.
            scope: The documents to search; None is all.
            history: The earlier turns, oldest first.
            correct: Whether typos are corrected.
            words: Whether the house's own words widen the question.
            index: The index of this snapshot, to look at the files of its corpus as they are now; None looks at none that is
                not indexed.
            deepest: The highest rank that is looked for.
        """
        from citewell.search.explanation import Commands
        from citewell.search.why import Explainer

        asked, within = self.filtered(check_question(question, self._searching.question_characters), scope)
        text, before = asked.text, without_filters(history, self.facts)
        ask = partial(self.ask, text, scope=within, history=before, correct=correct, words=words)
        options = [] if index is None or index.place == "index" else ["--index", index.place]
        options += [name for name, on in (("--no-correct", correct), ("--no-words", words)) if not on]
        build = index.build_command(self.manifest.corpus) if index else "citewell index"
        explainer = Explainer(
            self.snapshot,
            self._understood(without_greeting(text), before, within, correct=correct, words=words).query,
            self._searching,
            lambda passages: ask(top=passages),
            Commands(text, build, within, tuple(options), in_context=bool(history)),
            top=top,
            deepest=deepest,
        )
        places = where.places(self.snapshot, index)
        return explainer.explain(places) if isinstance(places, tuple) else explainer.absent(places)

    def similar(self, place: Place, *, top: int = 5, scope: Scope | None = None) -> Similar:
        """Find the passages most like the one at a place; see `search.similar.similar`."""
        fit, scope = self.encoder.card.fit, scope or Scope()
        found = similar(self.snapshot, place, top=top, scope=scope, searching=self._searching, fit=fit)
        return found.model_copy(update={"passages": self._editions.noted(found.passages)})

    def _read(self, understood: Understood, top: int) -> Reading:
        """Find passages, and the probability that they cover the question."""
        found = self._search(understood, top)
        confidence = 0.0 if found.evidence is None else self.manifest.calibration.confidence(found.evidence)
        return Reading(found, confidence * (_WITHOUT_KEY if found.missing else 1.0))

    def _unknown(self, understood: Understood, missing: Iterable[Missing], parts: Iterable[Part]) -> tuple[str, ...]:
        """Return the words of a question that no document has, without those that are said to be missing anyway."""
        query, text = understood.query, understood.text
        words = unknown_words(text, query.earlier.weights if query.earlier else query.weights)
        # In another language, all words are others.
        if not words or is_foreign(text, self.snapshot.catalogue.languages):
            return ()
        said = {each.word for each in (*missing, *chain.from_iterable(part.missing for part in parts))}
        return tuple(word for word in words if word not in said)

    def _understood(
        self, text: str, history: Sequence[Turn], scope: Scope, *, correct: bool, words: bool
    ) -> Understood:
        return understand(
            text,
            history,
            scope,
            snapshot=self.snapshot,
            encoder=self.encoder,
            correct=correct,
            names=self.widener.names() if words else None,
        )

    def filtered(self, question: str, scope: Scope | None, *, source: str | None = None) -> tuple[Filtered, Scope]:
        """Return a question without its filters, and the scope with them.

        Args:
            question: The question.
            scope: The documents to search; None is all.
            source: The place of the question, for the error message.

        Raises:
            UsageError: A filter names nothing of the index, nothing passes all of them, or nothing is asked.
        """
        try:
            asked, within = filtered(question, scope, self.facts)
            if within.filters:
                self.check_scope(within)
        except UsageError as error:
            raise error if source is None else QuestionError(f"{source}: {error.message}", hint=error.hint) from error
        return asked, within

    def _reads(self, language: str) -> bool:
        """Return whether something can be found that is asked in a language."""
        known = self.encoder.card.fit.languages
        return language in self.snapshot.catalogue.languages or language in known or len(known) > 1

    def drifted(self, paths: Collection[str]) -> dict[str, Drift]:
        """Return which documents differ from what was indexed.

        Args:
            paths: The paths of the documents, such as those an answer quotes.
        """
        # What looks at files takes a while to import, and a command that asks needs none of it.
        from citewell.index.changes import drifted

        return drifted(Path(self.manifest.corpus), self.snapshot.catalogue.documents(paths))

    def documents(self) -> list[DocumentSummary]:
        """Return all documents, sorted by path."""
        return self.snapshot.catalogue.documents()

    def paths(self) -> Sequence[str]:
        """Return the paths of all documents, sorted."""
        return self.snapshot.catalogue.paths.all

    def document(self, path: str) -> StoredDocument:
        """Return a document as indexed.

        Raises:
            CitewellError: There is no such document.
        """
        return self.snapshot.catalogue.document(path)

    def finder(self, scope: Scope | None = None) -> Finder:
        """Return what finds every place of some words.

        Args:
            scope: The documents to search; None is all.

        Raises:
            UsageError: It names a document or a folder that is not in the index.
        """
        return Finder(self.snapshot, scope or Scope(), self._searching.question_characters)

    def check_scope(self, scope: Scope) -> None:
        """Check that every name in a scope matches a document, and that some document is in it.

        Raises:
            UsageError: It names a document, a folder or a fact that is not in the index, or nothing passes all its filters.
        """
        self.snapshot.catalogue.check(scope)

    def _search(self, understood: Understood, top: int) -> Found:
        """Find passages, re-ranked if there is a reranker."""
        searching, reranker = self._searching, self._reranker
        depth = max(top, searching.rerank_depth) if reranker else top
        found = search(self.snapshot, understood.query, top=depth, searching=searching, encoder=self.encoder)
        if reranker is None:
            return found
        # A CrossEncoder does not know what a house calls things, either.
        question = "\n".join([*understood.context, understood.reworded or understood.text])
        return replace(found, passages=reranker.rerank(question, found.passages)[:top])


def check_question(question: str, most: int, *, source: str | None = None) -> str:
    """Return the normalised question.

    Args:
        question: The question.
        most: The maximum number of characters.
        source: Its place, for the error message.

    Raises:
        QuestionError: It is empty, too long, or not text.
    """
    text = question.strip()
    if not text:
        raise QuestionError(_at(source, "the question is empty"), command='citewell ask "What is …?"')
    if len(text) > most:
        message = f"the question has {len(text):,} characters; at most {most:,} are allowed"
        raise QuestionError(_at(source, message), hint="shorten it")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise QuestionError(_at(source, "the question contains an invalid character (a lone surrogate)"))
    return text


def _at(source: str | None, message: str) -> str:
    return f"{source}: {message}" if source else message

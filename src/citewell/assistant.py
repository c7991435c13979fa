"""Asking: an index whose current snapshot answers, whichever that is."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from citewell.answer import Answer, Scope, Turn
from citewell.encoder import models, naming
from citewell.encoder.encoding import Encoder, open_encoder
from citewell.errors import EncoderError, IndexMismatchError, IndexMissingError
from citewell.found import Found, Sort
from citewell.index.index import AnyIndex
from citewell.index.manifest import Manifest
from citewell.index.storage import Snapshot
from citewell.index.stored import DocumentSummary, StoredDocument
from citewell.search.explanation import Explanation
from citewell.search.reranking import Reranker
from citewell.search.similar import Similar
from citewell.search.where import Where
from citewell.settings import Settings
from citewell.view import View, check_question

_FIRST = "What is this about?"


class Assistant:
    """Answers questions from an index. Thread-safe; a new snapshot is used from the next question on.

    Everything here except ``manifest`` first checks that the files of the snapshot are unchanged, and raises IndexFaultError if
    they are not.

    Args:
        index: The index, kept as ``index``.
        settings: The settings, kept as ``settings``; splitting and model must match the index.
        waits: Whether the index may still be missing; questions raise IndexMissingError until it is built.

    Raises:
        IndexFaultError: The index is missing, damaged, or built with another encoder or other settings.
        EncoderError: The encoder is not prepared on this machine or is damaged, or the reranker is not on this machine.
    """

    def __init__(self, index: AnyIndex, settings: Settings | None = None, *, waits: bool = False) -> None:
        self.index = index
        self.settings = settings or Settings()
        self._lock = threading.Lock()
        self._in_use = index.in_use()
        snapshot, named = self._first(waits=waits), self.settings.searching.reranker
        self._reranker = Reranker(named) if named else None
        self._opened = self._fit(snapshot, None) if snapshot else None

    @property
    def snapshot(self) -> Snapshot:
        """The current snapshot.

        Raises:
            IndexFaultError: The index is missing or damaged, or was replaced by one that cannot be used.
        """
        return self.view().snapshot

    @property
    def manifest(self) -> Manifest:
        """The manifest of the last used snapshot, whatever its present state.

        Raises:
            IndexMissingError: There is no index yet.
        """
        opened = self._opened or self.view()
        return opened.snapshot.manifest

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
        """Answer a question with quotations.

        Args:
            question: The question.
            top: The maximum number of passages.
            scope: The documents to search; None is all.
            history: The earlier turns, oldest first.
            correct: Whether typos are corrected.
            words: Whether the house's own words widen the question.
            name: The caller's name for the question, returned as the answer's ``id``.

        Raises:
            QuestionError: The question is empty, too long, or not text.
            IndexFaultError: The index was replaced by one that cannot be used.
        """
        return self.view().ask(question, top=top, scope=scope, history=history, correct=correct, words=words, name=name)

    def why(
        self,
        question: str,
        at: str | None = None,
        *,
        quote: str | None = None,
        top: int = 5,
        scope: Scope | None = None,
        history: Sequence[Turn] = (),
        correct: bool = True,
        words: bool = True,
    ) -> Explanation:
        """Explain why a place is not in the answer to a question: the first reason that holds, and what changes it.

        Args:
            question: The question.
            at: The place: FILE, FILE:START or FILE:START-END, in code points of its text.
            quote: A quotation in place of a position; with a file, of that file.
            top: The number of passages of the answer.
            scope: The documents to search; None is all.
            history: The earlier turns, oldest first.
            correct: Whether typos are corrected.
            words: Whether the house's own words widen the question.

        Raises:
            UsageError: There is no such file, position or quotation, or the question is empty, too long, or not text.
            IndexFaultError: The index was replaced by one that cannot be used.
        """
        view = self.view()
        return view.why(
            question,
            Where.read(at, quote, view.snapshot, on_disk=True),
            top=top,
            scope=scope,
            history=history,
            correct=correct,
            words=words,
            index=self.index,
        )

    def similar(
        self, at: str | None = None, *, quote: str | None = None, top: int = 5, scope: Scope | None = None
    ) -> Similar:
        """Find the passages most like the one at a place.

        Args:
            at: The place: FILE:START or FILE:START-END, in code points of its text.
            quote: A quotation in place of a position; with a file, of that file.
            top: The maximum number of passages.
            scope: The documents to search; None is all.

        Raises:
            UsageError: There is no such place, or it has no text that can be quoted.
            IndexFaultError: The index was replaced by one that cannot be used.
        """
        view = self.view()
        return view.similar(
            Where.read(at, quote, view.snapshot, on_disk=True).first(view.snapshot), top=top, scope=scope
        )

    def find(
        self, query: str, *, scope: Scope | None = None, sort: Sort = "place", page: int = 1, per_page: int = 20
    ) -> Found:
        """Find every place of some words, as they are written; see ``citewell.search.find_query`` for what can be found.

        Args:
            query: Words, phrases in quotation marks, beginnings of words with a star, words to leave out after a hyphen.
            scope: The documents to search; None is all.
            sort: The order of the places.
            page: Which page of the places, from 1.
            per_page: How many places it has.

        Raises:
            UsageError: The query cannot be read, or the scope or the page does not exist.
            IndexFaultError: The index was replaced by one that cannot be used.
        """
        return self.view().finder(scope).page(query, sort=sort, page=page, per_page=per_page)

    def warm_up(self) -> None:
        """Encode and search once, so that the first question does not wait for what has to be prepared or verified.

        Without an index, do nothing.

        Raises:
            IndexFaultError: The index is damaged, or was replaced by one that cannot be used.
        """
        if self._opened:
            view = self.view()
            view.snapshot.nearest_windows(view.encoder.encode_query(_FIRST), 1)
            view.snapshot.best_passages(view.snapshot.weights(_FIRST), 1)

    def documents(self) -> list[DocumentSummary]:
        """Return all documents, sorted by path."""
        return self.view().documents()

    def document(self, path: str) -> StoredDocument:
        """Return a document as indexed.

        Raises:
            CitewellError: There is no such document.
        """
        return self.view().document(path)

    def check_question(self, question: str, *, source: str | None = None) -> str:
        """Return the normalised question; see the function of this name."""
        return check_question(question, self.settings.searching.question_characters, source=source)

    def view(self) -> View:
        """Return the current snapshot, opened; a request calls this once and uses the result for all its reads.

        Raises:
            IndexFaultError: The index is missing or damaged, or was replaced by one that cannot be used.
        """
        snapshot = self._in_use.snapshot()
        opened = self._opened
        if opened and opened.snapshot is snapshot:
            return opened
        with self._lock:
            opened = self._opened
            if opened is None or opened.snapshot is not snapshot:
                opened = self._opened = self._fit(snapshot, opened.encoder if opened else None)
            return opened

    def _first(self, *, waits: bool) -> Snapshot | None:
        """Return the current snapshot; None if there is no index yet, and that is permitted."""
        try:
            return self._in_use.snapshot()
        except IndexMissingError:
            if waits:
                return None
            raise

    def _fit(self, snapshot: Snapshot, encoder: Encoder | None) -> View:
        """Combine a snapshot with its encoder, reusing the loaded one if it is the same."""
        manifest = snapshot.manifest
        command = self.index.build_command(manifest.corpus)
        if (manifest.splitting, manifest.languages) != (self.settings.splitting, self.settings.languages):
            raise IndexMismatchError(f"the index in {self.index.place} was built with other settings", command=command)
        self._check_model(manifest, command)
        try:
            if encoder is None or encoder.card.identity != manifest.encoder.identity:
                encoder = open_encoder(models.read_card(manifest.encoder.identity), self.settings.encoder.device)
        except EncoderError as error:
            if error.hint:
                raise
            raise EncoderError(error.message, command=f"{command} --rebuild") from error
        return View(snapshot, encoder, self.settings, self._reranker)

    def _check_model(self, manifest: Manifest, command: str) -> None:
        """Reject a model, or a precision, that differs from that of the index."""
        built_with, identity = manifest.encoder.model, manifest.encoder.identity
        precision, model = self.settings.encoder.precision, self.settings.model
        if precision not in {"auto", models.precision_of(identity)}:
            raise IndexMismatchError(
                f"the index in {self.index.place} was built in the precision {models.precision_of(identity)}, not {precision}",
                command=command,
            )
        if model is None or model == built_with:
            return
        if models.identify(naming.resolve(model)) != models.of_model(identity):
            raise IndexMismatchError(
                f"the index in {self.index.place} was built with the encoder {built_with}, not {model}",
                command=f"{command} --model {model}",
            )

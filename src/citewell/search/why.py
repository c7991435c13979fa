"""Why a place is not in an answer: the first reason that holds, and what changes it.

Nothing is ranked here: the answer itself, and deeper answers to the same question, tell whether and where the place is shown.
The parts of its score come from the ranking of its own passages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypedDict, Unpack

import numpy as np

from citewell.answer import Answer, FoundPassage, Place
from citewell.confidence import THRESHOLDS, Strictness
from citewell.document import Span
from citewell.index.absence import Absence
from citewell.index.numbering import Ordinals
from citewell.index.storage import Snapshot
from citewell.lazy import lazy
from citewell.search.explanation import Commands, Compared, Explanation, Why
from citewell.search.measuring import Measurer
from citewell.search.searching import Query
from citewell.settings import Searching

# Each deeper answer costs about as much as all before it.
_DEEPER = 5
# A place that has less of the question's words, by weight, lacks them.
_HALF = 0.5
_BESIDE = "open that passage in its source: this place is beside it; or ask in the words of this place"
_REPHRASE = (
    "ask in the words of this place; if it has another name for one of them, say so once:"
    ' citewell words --add "WORD = OTHER NAME"'
)
_UNQUOTE = "ask without the quotation marks, or in the words of this place"
_OTHERWISE = "ask without this word, or by the name that the documents use"


class _More(TypedDict, total=False):
    hint: str | None
    command: str | None
    rank: int | None
    instead: Place | None
    has: tuple[str, ...]
    lacks: tuple[str, ...]
    unknown: tuple[str, ...]
    this: Compared | None
    first: Compared | None
    last: Compared | None
    confidence: float | None
    threshold: float | None


class Explainer:
    """Explains one question.

    Args:
        snapshot: The snapshot.
        query: The question as it is searched.
        searching: The settings.
        answer: Answers the question with at most so many passages.
        commands: The commands that change the answer.
        top: The number of passages of the answer to explain.
        deepest: The highest rank that is looked for.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        query: Query,
        searching: Searching,
        answer: Callable[[int], Answer],
        commands: Commands,
        *,
        top: int,
        deepest: int,
    ) -> None:
        self._snapshot = snapshot
        self._query = query
        self._searching = searching
        self._measurer = Measurer(snapshot, query, searching, top)
        self._answer_to = answer
        self._commands = commands
        self._top = top
        self._deepest = deepest

    def absent(self, absence: Absence) -> Explanation:
        """Explain a place that the snapshot does not have."""
        command = self._commands.build if absence.is_outdated else None
        return self._because(absence.reason, f"{absence.message}.", absence.path, hint=absence.hint, command=command)

    def explain(self, places: Sequence[Place]) -> Explanation:
        """Explain a place of the snapshot; of several with the same words, the one that came nearest to the answer."""
        answer = self._answer
        if answer.reply:
            return self._because("courtesy", "The question was read as a greeting.", places[0], hint="ask a question")
        admitted = self._snapshot.catalogue.admitted(self._query.scope) if self._query.scope else None
        ordinals = self._snapshot.catalogue.paths.ordinals
        inside = [each for each in places if admitted is None or ordinals[each.document] in admitted]
        if not inside:
            return self._outside(places[0])
        passages = [(each, self._snapshot.catalogue.passages_at(each)) for each in inside]
        quoted = [each for each, found in passages if len(found)]
        if not quoted:
            return self._without_text(inside[0])
        shown = _showing(answer.passages, quoted)
        if shown:
            return self._shown(*shown)
        repeated = _repeating(answer.passages, quoted)
        if repeated:
            return self._repeated(*repeated)
        return self._ranked(quoted, np.unique(np.concatenate([found for _, found in passages])))

    @lazy
    def _answer(self) -> Answer:
        return self._answer_to(self._top)

    def _outside(self, place: Place) -> Explanation:
        scope = self._query.scope
        names = ", ".join((*scope.documents, *scope.folders, *map(str, scope.filters)))
        return self._because(
            "out_of_scope",
            f"Only {names} was searched, and {place.document} is not in it.",
            place,
            hint="search everywhere",
            command=self._commands.everywhere(),
        )

    def _without_text(self, place: Place) -> Explanation:
        document = self._snapshot.catalogue.document(place.document)
        if any(each.span.overlaps(place.span) for each in document.headings):
            message, hint = "This is a heading. Headings count for the text below them.", "name a place in that text"
        else:
            message, hint = "There is no language here: it is empty, markup, or data.", "name a place in the text"
        return self._because("no_text", message, place, hint=hint)

    def _shown(self, passage: FoundPassage, place: Place) -> Explanation:
        answer, level = self._answer, self._searching.refusal
        if answer.answered:
            return self._because("shown", f"It is shown at rank {passage.rank}.", place, rank=passage.rank)
        known: _More = {"rank": passage.rank, "confidence": answer.confidence, "threshold": THRESHOLDS[level]}
        if answer.missing:
            words = _quoted([each.word for each in answer.missing])
            cause = f"it turns on {words}, which the best place does not have"
            nearest = ", ".join(name for each in answer.missing for name in each.nearest)
            cause = f"{cause}; there is {nearest}" if nearest else cause
            hint = _OTHERWISE
        else:
            cause = f"its confidence is {answer.confidence:.2f}, and {level} needs {THRESHOLDS[level]:.2f}"
            hint = _more_generous(answer.confidence, level)
        message = f"It is at rank {passage.rank} of the nearest passages, but the question is refused: {cause}."
        return self._because("refused", message, place, **(known | {"hint": hint}))

    def _repeated(self, passage: FoundPassage, place: Place) -> Explanation:
        at = (
            f"shown at rank {passage.rank}"
            if self._answer.answered
            else f"at rank {passage.rank} of the nearest passages"
        )
        return self._because(
            "repeated",
            f"It says the same as {_cited(passage.at)}, which is {at} and names this one.",
            place,
            rank=passage.rank,
            instead=passage.at,
            hint="search only this document to see it",
            command=self._commands.within(place.document),
        )

    def _ranked(self, places: Sequence[Place], passages: Ordinals) -> Explanation:
        this, shown = self._measurer.best_of(passages), self._answer.passages
        place = next(each for each in places if _is_at(each, this.compared.place))
        rank, count = self._rank(places)
        first, last = (self._measurer.of_shown(shown[at]) if shown else None for at in (0, -1))
        known: _More = {
            "rank": rank,
            "command": self._commands.with_top(count) if rank else self._commands.within(place.document),
            "has": this.has,
            "lacks": this.lacks,
            "unknown": self._measurer.words_of(each for each in self._query.weights.concepts if not each.is_found),
            "this": this.compared.model_copy(update={"rank": rank}),
            "first": first,
            "last": last,
        }
        beside = next((each for each in shown if _takes(each, place.document, this.window)), None)
        if beside:
            message = f"The passage at rank {beside.rank}, {_cited(beside.at)}, has the text beside this place."
            return self._because("overlapped", message, place, **(known | {"hint": _BESIDE, "instead": beside.at}))
        phrases = () if rank else self._measurer.phrases_lacking(passages)
        if phrases:
            message = f"It does not have {_quoted(phrases)}, which stands in quotation marks, side by side."
            return self._because("words", message, place, **(known | {"lacks": phrases, "hint": _UNQUOTE}))
        at = f"It is at rank {rank}" if rank else f"It is not among the first {count:,} passages"
        return self._too_far(place, this.compared, known, at)

    def _too_far(self, place: Place, this: Compared, known: _More, at: str) -> Explanation:
        """Explain what a place lacks that is not among the first."""
        last, lacks, rank = known["last"], known["lacks"], known["rank"]
        if lacks and this.words < _HALF and (last is None or this.words < last.words):
            message = f"It lacks words of the question: {_quoted(lacks)}. {at}."
            return self._because("words", message, place, **(known | {"hint": _REPHRASE}))
        if last and this.cosine < last.cosine and this.cosine <= self._snapshot.manifest.calibration.unrelated:
            message = f"Its meaning is no nearer to the question than that of any text. {at}."
            return self._because("meaning", message, place, **(known | {"hint": "ask in the words of this place"}))
        hint = "ask for more passages" if rank else "search only this document"
        message = f"{at}; {self._top} are shown."
        if last:
            message = f"{message} Its score is {last.score - this.score:.2f} below that of the last shown."
        return self._because("rank", message, place, **(known | {"hint": hint}))

    def _rank(self, places: Sequence[Place]) -> tuple[int | None, int]:
        """Return the rank at which a deeper answer shows a place or names it, and how many passages are enough for that.

        If none does, the rank is None, and the number that of the passages that were looked at.
        """
        top, found = self._top, self._answer.passages
        while top < self._deepest:
            top = min(self._deepest, _DEEPER * top)
            found = self._answer_to(top).passages
            at = self._rank_in(found, places)
            if at:
                # More candidates can change the order, so the number is tried.
                return at, at if self._rank_in(self._answer_to(at).passages, places) else top
            if len(found) < top:
                break
        return None, len(found)

    def _rank_in(self, passages: Sequence[FoundPassage], places: Sequence[Place]) -> int | None:
        at = _showing(passages, places) or _repeating(passages, places)
        return at[0].rank if at else None

    def _because(self, reason: Why, message: str, where: Place | str, **more: Unpack[_More]) -> Explanation:
        """Return an explanation of a place, or of a file that the snapshot does not have."""
        place = None if isinstance(where, str) else where
        return Explanation(
            question=self._commands.question,
            reason=reason,
            message=message,
            document=where if isinstance(where, str) else where.document,
            place=place,
            top=self._top,
            snapshot=self._snapshot.manifest.name,
            **more,
        )


def _showing(passages: Sequence[FoundPassage], places: Sequence[Place]) -> tuple[FoundPassage, Place] | None:
    """Return the first passage that shows at least half of a place, or stands in it."""
    return next(((each, place) for each in passages for place in places if _covers(each.at, place)), None)


def _repeating(passages: Sequence[FoundPassage], places: Sequence[Place]) -> tuple[FoundPassage, Place] | None:
    """Return the first passage that names a place as a repetition of itself."""
    found = ((each, place) for each in passages for other in each.repeated for place in places if _covers(other, place))
    return next(found, None)


def _covers(shown: Place, place: Place) -> bool:
    shared = min(shown.end, place.end) - max(shown.start, place.start)
    return shown.document == place.document and 2 * shared >= min(shown.end - shown.start, place.end - place.start)


def _is_at(place: Place, passage: Place) -> bool:
    return place.document == passage.document and place.span.overlaps(passage.span)


def _takes(shown: FoundPassage, document: str, window: Span) -> bool:
    """Return whether a shown passage has some of a window's text."""
    return shown.document == document and shown.span.overlaps(window)


def _cited(place: Place) -> str:
    return f"{place.document} ({place.start}-{place.end})"


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"“{each}”" for each in words)


def _more_generous(confidence: float, level: Strictness) -> str:
    enough = [name for name, threshold in THRESHOLDS.items() if threshold <= confidence]
    if enough:
        return f'set refusal = "{enough[0]}" below [searching] in citewell.toml, or ask in the words of this place'
    return f"ask in the words of this place; no setting answers with this confidence (now: {level})"

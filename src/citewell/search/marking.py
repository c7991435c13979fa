"""What is marked of a passage: the sentences that answer, and none that only asks, only names, or says another amount."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np
import numpy.typing as npt
import regex

from citewell.confidence import Calibration
from citewell.document import Span
from citewell.encoder.encoding import Encoder
from citewell.index.weights import TermWeights
from citewell.search.dialogue import Dialogue
from citewell.search.measures import is_of_another
from citewell.search.page import Shown
from citewell.text.terms import analyse, forms_of

_END = 20
_IS_SENTENCE = regex.compile(r"[.!?…。！？।؟][\p{Pe}\p{Pf}\"'*_~\s]*$")


class Marker:
    """Chooses what to mark of passages for one question.

    Args:
        weights: The concepts of the question.
        encoder: The encoder of the snapshot.
        vector: The unit vector of the question.
        calibration: What cosines mean in the corpus.
        asks: Whether it is a question, and not keywords, which are themselves what is looked for.
    """

    def __init__(
        self,
        weights: TermWeights,
        encoder: Encoder,
        vector: npt.NDArray[np.float32],
        calibration: Calibration,
        *,
        asks: bool,
    ) -> None:
        self._concepts = weights.concepts
        self._asked = {form for each in weights.concepts for form in each.every_form}
        self._measures = [nth for nth, each in enumerate(weights.concepts) if each.is_found and each.concept.is_measure]
        self._encoder = encoder
        self._vector = vector
        self._calibration = calibration
        self._asks = asks

    def answer(self, shown: Shown, above: Iterable[int]) -> Span | None:
        """Return the sentences of a place that answer; None where it has no whole sentence.

        Args:
            shown: The place.
            above: The numbers of the concepts that stand above it.
        """
        text = Dialogue(shown.passage, shown.judged.sentences, self._encoder, self._calibration)
        words = shown.judged.words
        measures = [nth for nth in self._measures if words[:, nth].any()]

        def last(number: int) -> int:
            end = text.last_announced(number)
            while self._asks and end == number and number + 1 < text.count and self._only_asks(text, number):
                number += 1
                end = text.last_announced(number)
            return text.answered(self._vector, number, end) if self._asks else end

        @cache
        def says_another_amount(number: int) -> bool:
            return any(
                not words[number, nth]
                and is_of_another(self._concepts[nth].concept, text.sentence(number), text.language)
                for nth in measures
            )

        def apart(number: int) -> bool:
            return text.apart(number) or says_another_amount(number) or says_another_amount(number + 1)

        def silent(number: int) -> bool:
            if says_another_amount(number):
                return True
            return self._asks and (text.is_unanswered(number) or self._only_names(text.sentence(number), text.language))

        return shown.judged.answer(shown.span, above=above, last=last, apart=apart, silent=silent)

    def _only_asks(self, text: Dialogue, number: int) -> bool:
        """Return whether a line says nothing but words of the question: it stands above what answers, as a name does."""
        sentence, language = text.sentence(number), text.language
        if sentence.endswith(".") or len(sentence.split()) > len(self._asked):
            return False
        if _IS_SENTENCE.search(sentence[-_END:]):
            return False
        terms = analyse(sentence, language)
        return bool(terms) and all(term.text in self._asked for term in terms)

    def _only_names(self, line: str, language: str | None) -> bool:
        """Return whether a field says only what the question names, and that asks for more: "title: Goulash"."""
        key, sign, value = line.strip().partition(": ")
        if not sign or len(value.split()) > len(self._asked):
            return False
        named = forms_of(analyse(value, language))
        if not named or not named <= self._asked or all(each.stands_in(named) for each in self._concepts):
            return False
        return forms_of(analyse(key, language)).isdisjoint(self._asked)

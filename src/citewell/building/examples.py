"""Example questions of a new index: made of its headings and sentences, and kept if the index answers them well.

They are headings that are questions, questions that a sentence answers (``citewell.text.asking``), and headings as keywords.
Each is asked, and kept if the answer is sure and begins with the place that it was made from. Only so many documents, sentences
and questions are looked at, evenly spaced over the corpus, so this costs no more than forty questions, however large it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
import regex

from citewell.answer import Answer, Scope
from citewell.confidence import THRESHOLDS
from citewell.document import Span
from citewell.index.stored import StoredDocument
from citewell.text.announcing import is_question
from citewell.text.asking import question_from
from citewell.text.terms import SPACELESS_LANGUAGES, terms_of
from citewell.view import View

# The page shows as many as this.
_MOST = 6
# With as many, keywords add none.
_ENOUGH = 2
_DOCUMENTS = 200
_WINDOWS = 1200
_OPENING_WINDOWS = 4
_ASKED = 40
_FROM_EACH = 4
# A question that shares as much of its words' weight with another one is about the same.
_ALIKE = 0.4
# As many of a heading's words have to be in the sentence that answers it.
_SPOKEN_OF = 0.5
# A document is searched for other mentions of a word; so much of it tells.
_SEARCHED = 1 << 20
_LONGEST = 100
_WORDS = (2, 7)
# Between points that this part of a round apart, no two are close, however many there are (the golden ratio).
_SPREAD = 0.618034
_NUMBERING = regex.compile(r"^(?:\d+[.)]?)+\s+|^[\p{Lu}\d]{1,3}[.)]\s+")
_NO_HEADING = regex.compile(r"[\d|<>{}=/\\@#_]|[.:!…]$|^\W|https?:")
_LINE_BEFORE = regex.compile(r"(?:^|\n)[\s>*-]*$")


@dataclass(frozen=True, slots=True)
class _Example:
    """A question, and the place in its document that answers it. ``keywords`` is a heading that asks nothing."""

    question: str
    document: str
    language: str | None
    place: Span
    keywords: bool = False


def example_questions(view: View, longest: int) -> tuple[str, ...]:
    """Return example questions that a snapshot answers well, from distinct documents where it has enough; the same each time.

    Args:
        view: The snapshot.
        longest: The most characters that a question may have.
    """
    kept: list[str] = []
    said: list[Mapping[str, float]] = []
    sources: set[str] = set()
    proposed = [each for each in _proposed(view) if len(each.question) <= min(longest, _LONGEST)][:_ASKED]
    # Keywords are no question that somebody would ask, so they only fill up.
    for keywords, fresh in ((False, True), (False, False), (True, True), (True, False)):
        most = _ENOUGH if keywords else _MOST
        for each in [one for one in proposed if one.keywords == keywords]:
            words = _weights(view, each.question)
            if len(kept) >= most or (fresh and each.document in sources) or any(_alike(words, one) for one in said):
                continue
            proposed.remove(each)
            if _answers(view.ask(each.question, words=False), each):
                kept.append(each.question)
                said.append(words)
                sources.add(each.document)
    return tuple(kept)


def _answers(answer: Answer, example: _Example) -> bool:
    """Return whether an answer is sure, and begins with the place that the question was made from."""
    if not (answer.answered and answer.confidence >= THRESHOLDS["strict"] and answer.lead) or answer.read_as:
        return False
    first, lead = answer.passages[0], answer.lead[0]
    if first.document != example.document or not lead.span.overlaps(example.place):
        return False
    if not example.keywords:
        return True
    wanted = set(terms_of(example.question, example.language))
    found = terms_of(lead.span.shifted(-first.start).of(first.text), example.language)
    return len(wanted.intersection(found)) >= _SPOKEN_OF * len(wanted)


def _weights(view: View, question: str) -> Mapping[str, float]:
    """Return how much each word of a question tells: one that all of the corpus is about makes no two questions alike."""
    concepts = view.snapshot.weights(question).concepts
    return {min(each.forms): each.weight for each in concepts if each.forms}


def _alike(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    shared = sum(weight for word, weight in one.items() if word in other)
    return shared >= _ALIKE * max(sum(one.values()), sum(other.values()))


def _proposed(view: View) -> Iterator[_Example]:
    """Yield what may be asked: the best of each document first, questions before keywords, spread over the corpus."""
    paths = view.paths()
    count = min(len(paths), _DOCUMENTS)
    chosen = [paths[nth * len(paths) // count] for nth in range(count)] if count else []
    spread = sorted(range(count), key=lambda nth: nth * _SPREAD % 1)
    most = max(_FROM_EACH, _ASKED // max(1, count))
    each = [_of_document(view, chosen[nth], _WINDOWS // count)[:most] for nth in spread]
    for round_of in zip_longest(*each):
        yield from sorted((example for example in round_of if example), key=lambda example: example.keywords)


def _of_document(view: View, path: str, windows: int) -> list[_Example]:
    document = view.document(path)
    headings = list(_of_headings(document))
    questions = [each for each in headings if not each.keywords]
    topics = [each for each in headings if each.keywords]
    return [*questions, *_of_sentences(document, _sample(view, path, windows)), *topics]


def _of_headings(document: StoredDocument) -> Iterator[_Example]:
    ends = [*(each.span.start for each in document.headings[1:]), len(document.text)]
    for heading, end in zip(document.headings, ends, strict=False):
        text = _NUMBERING.sub("", " ".join(heading.path[-1].split()))
        place = Span(heading.span.start, max(end, heading.span.end))
        if is_question(text, document.language):
            if len(terms_of(text, document.language)) > 1:
                yield _Example(text, document.path, document.language, place)
        elif _is_topic(text, document.language):
            yield _Example(text, document.path, document.language, place, keywords=True)


def _is_topic(text: str, language: str | None) -> bool:
    """Return whether a heading can be asked as it is: a few words, which are neither a sentence nor numbers nor code."""
    if _NO_HEADING.search(text):
        return False
    if language in SPACELESS_LANGUAGES:
        return 4 <= len(text) <= 20
    fewest, most = _WORDS
    words = text.split()
    return fewest <= len(words) <= most and len(terms_of(text, language)) >= fewest and not text.isupper()


def _of_sentences(document: StoredDocument, sentences: Sequence[Span]) -> list[_Example]:
    """Return the questions that sentences answer; what a document speaks of most is first."""
    text = document.text
    searched = text[:_SEARCHED]
    lowered = searched.lower()

    def is_small(word: str) -> bool | None:
        small, large = (
            len(regex.findall(rf"(?<=[\p{{Ll}},] ){regex.escape(each)}\b", searched)) for each in (word.lower(), word)
        )
        return small > large if small or large else None

    found: dict[str, _Example] = {}
    for span in sentences:
        opens = _LINE_BEFORE.search(text, max(0, span.start - 20), span.start) is not None
        question = question_from(span.of(text), document.language, is_small=is_small, opens=opens)
        if question:
            found.setdefault(question, _Example(question, document.path, document.language, span))

    def spoken_of(question: str) -> int:
        return sum(lowered.count(word) for word in terms_of(question, document.language))

    return sorted(found.values(), key=lambda each: -spoken_of(each.question))


def _sample(view: View, path: str, most: int) -> list[Span]:
    """Return the sentences of the first windows of a document, and of others, evenly spaced."""
    catalogue = view.snapshot.catalogue
    windows = catalogue.windows_of(catalogue.within(Scope(documents=(path,))))
    rest = windows[np.linspace(0, len(windows) - 1, min(len(windows), most)).astype(np.int64)]
    chosen: Iterable[int] = np.unique(np.concatenate([windows[:_OPENING_WINDOWS], rest])).tolist()
    return sorted({sentence for window in chosen for sentence in catalogue.sentences.of_window(window)})

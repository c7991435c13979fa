"""What to find of a question: its rarest words that the answer has, as they are written there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import regex

from citewell.answer import Answer
from citewell.search.finding import Finder
from citewell.text.language import function_words
from citewell.text.terms import split_at_function_words
from citewell.text.words import SPACELESS
from citewell.text.written import folded, written_words

# Paragraphs with more words of a question are those of its answer.
_MOST_WORDS = 2
# A question of many words would be looked up many times.
_MOST_LOOKED_UP = 6
# Passages that are shown open.
_PASSAGES = 3
_PIECE = regex.compile(
    rf"[{SPACELESS}][{SPACELESS}\p{{M}}]*+|[^\s{SPACELESS}\p{{P}}\p{{S}}]+(?:[-'’.][^\s{SPACELESS}\p{{P}}\p{{S}}]+)*+"
)
_IS_SPACELESS = regex.compile(f"[{SPACELESS}]")


def query_of(answer: Answer, finder: Finder, languages: Iterable[str]) -> tuple[str, int] | None:
    """Return the query for what an answer is about, and the number of its places.

    None if the answer has none of the question's words as they are written.

    Args:
        answer: The answer.
        finder: Finds the words.
        languages: The languages of the documents.
    """
    written = _forms("\n".join(each.text for each in answer.passages[:_PASSAGES]))
    asked = dict.fromkeys(answer.read_as.get(word, word) for word in telling_words(answer.asked, languages))
    there = [query for word in asked for query in [_as_written(word, written)] if query][:_MOST_LOOKED_UP]
    # The marked sentence has what answers.
    marked = _forms("\n".join(mark.of(each.text) for each in answer.passages[:1] for mark in each.marks))
    rarest = sorted(there, key=lambda query: (_as_written(query.rstrip("*"), marked) is None, finder.count(query)))
    del rarest[_MOST_WORDS:]
    while rarest:
        query = " ".join(rarest)
        if count := finder.count(query):
            return query, count
        rarest.pop()
    return None


def telling_words(question: str, languages: Iterable[str]) -> Iterator[str]:
    """Yield the words of a question that are no function words; in scripts without spaces, the runs between those.

    Args:
        question: The question.
        languages: The languages of the documents.
    """
    stops = {word for language in languages for word in function_words(language)}
    for match in _PIECE.finditer(question):
        piece = match.group()
        if _IS_SPACELESS.match(piece):
            yield from split_at_function_words(piece)
        elif folded(piece) not in stops and piece.lower() not in stops:
            yield piece


def _forms(text: str) -> str:
    """Return the words of a text in one string, in which those of a question are looked up."""
    return "\0".join(["", *(word.form for word in written_words(text)), ""])


def _as_written(word: str, written: str) -> str | None:
    """Return the query for a word that the passages have, with any ending if they have it with another one only."""
    form = "\0" + "\0".join(each.form for each in written_words(word))
    if form == "\0":
        return None
    if form + "\0" in written:
        return word
    return f"{word}*" if form in written else None

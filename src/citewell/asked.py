"""What an answer says about its question: its parts, words that the documents lack, and other names that were searched for."""

from __future__ import annotations

from citewell.model import Model, Share


class Missing(Model):
    """A word that a question turns on and that the place which would answer it lacks.

    ``nearest`` is what it has instead. ``elsewhere`` means that other documents have the word.
    """

    word: str
    nearest: tuple[str, ...] = ()
    elsewhere: bool = False


class Part(Model):
    """A part of a question that asks for several things: its ``text``, as in the question, and whether the documents cover it.

    ``ranks`` are those of the passages that answer it, the best first; without an answer, there are none, and
    ``missing`` is what it turns on and the documents lack.
    """

    text: str
    answered: bool
    confidence: Share
    ranks: tuple[int, ...] = ()
    missing: tuple[Missing, ...] = ()


class Widened(Model):
    """Another name that was searched for, too, because the house's own words say that it means a word of the question.

    ``folder`` is the folder in whose documents it was searched for; empty is all.
    """

    word: str
    name: str
    folder: str = ""

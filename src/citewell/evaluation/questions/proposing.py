"""Proposes rules for the house's own words; a person decides which are added.

There are two sources: definitions in the documents ("paid time off (PTO)"), and feedback whose right passage shares no word
with its question, so that one of them is probably what the documents call the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Literal

from citewell.answer import Place
from citewell.document import Span
from citewell.encoder.encoding import Encoder
from citewell.evaluation.questions.feedback import Feedback
from citewell.index.storage import Snapshot
from citewell.text.capitals import Case
from citewell.text.definitions import definitions
from citewell.text.own_words import Rule, rule_line
from citewell.text.terms import Term, analyse, fold, forms_of, terms_of

Progress = Callable[[str, int, int], None]
_MOST_FROM_FEEDBACK = 100


@dataclass(frozen=True, slots=True)
class Proposal:
    """A rule that may be right: how often its source has it, and one place, with its text.

    ``question`` is that of the feedback, if that is the source.
    """

    rule: Rule
    source: Literal["definition", "feedback"]
    count: int
    place: Place
    text: str
    question: str | None = None


@dataclass(slots=True)
class _Defined:
    """The places of a definition; ``long`` is the long name as it was first written."""

    short: str
    long: str
    places: list[Place] = field(default_factory=list)
    text: str = ""


def from_definitions(snapshot: Snapshot, rules: Iterable[Rule], progress: Progress | None = None) -> list[Proposal]:
    """Return rules for the short names that the documents define, the most frequent first.

    A short name that is defined differently in different folders has a rule for each folder.

    Args:
        snapshot: The snapshot.
        rules: The rules that exist; what they say already is not proposed.
        progress: Called with the stage, the number of documents read, and their total.
    """
    found: dict[tuple[str, tuple[str, ...]], _Defined] = {}
    documents = snapshot.catalogue.documents()
    for nth, document in enumerate(documents):
        if progress:
            progress("Reading", nth, len(documents))
        text = snapshot.catalogue.document(document.path).text
        for each in definitions(text, document.language):
            key = each.short, tuple(terms_of(each.long, document.language))
            defined = found.setdefault(key, _Defined(each.short, each.long, text=" ".join(each.span.of(text).split())))
            defined.places.append(Place.of(document.path, each.span))
    if progress:
        progress("Reading", len(documents), len(documents))
    meanings: dict[str, int] = {}
    for short, _ in found:
        meanings[short] = meanings.get(short, 0) + 1
    proposals = [
        Proposal(
            Rule((each.short, each.long), folder=_common_folder(each.places) if meanings[each.short] > 1 else ""),
            "definition",
            len(each.places),
            each.places[0],
            each.text,
        )
        for each in found.values()
    ]
    return sorted(_new(proposals, rules), key=lambda each: (-each.count, each.rule.names))


def from_feedback(
    snapshot: Snapshot, feedback: Sequence[Feedback], rules: Iterable[Rule], encoder: Encoder
) -> list[Proposal]:
    """Return rules from questions that share no word with the passage that a reader marked as right.

    The asked word is one that no passage has, if there is any; the other name is the word, or the two neighbouring words, of
    the marked text that is nearest to it by the encoder. That is a guess, and often needs a person to correct it.

    Args:
        snapshot: The snapshot.
        feedback: Feedback that marks a right passage.
        rules: The rules that exist.
        encoder: The encoder of the snapshot.
    """
    languages = {each.path: each.language for each in snapshot.catalogue.documents()}
    found: dict[tuple[str, ...], Proposal] = {}
    for each in feedback[-_MOST_FROM_FEEDBACK:]:
        if each.place is None or not each.quote or each.place.document not in languages:
            continue
        language = languages[each.place.document]
        if _forms(each.question, language) & _forms(each.quote, language):
            continue
        pair = _nearest(_asked(snapshot, each.question), list(_names(each.quote, language)), encoder)
        if pair:
            count = found[pair].count + 1 if pair in found else 1
            found[pair] = Proposal(Rule(pair, one_way=True), "feedback", count, each.place, each.quote, each.question)
    return sorted(_new(found.values(), rules), key=lambda each: (-each.count, each.rule.names))


def _new(proposals: Iterable[Proposal], rules: Iterable[Rule]) -> Iterator[Proposal]:
    """Yield the proposals that no rule has yet, and that can be written as a line."""
    known = {
        frozenset((_key(one), _key(other)))
        for rule in rules
        for one in rule.names
        for other in rule.names
        if one != other
    }
    for proposal in proposals:
        if frozenset(map(_key, proposal.rule.names)) in known:
            continue
        try:
            rule_line(proposal.rule)
        except ValueError:
            # A name with signs that separate names, such as an equation.
            continue
        yield proposal


def _forms(text: str, language: str | None) -> frozenset[str]:
    return forms_of(analyse(text, language))


def _key(name: str) -> tuple[str, ...]:
    return tuple(terms_of(name)) or (fold(name.lower()),)


def _common_folder(places: Sequence[Place]) -> str:
    parents = [PurePosixPath(each.document).parent.parts for each in places]
    shared = 0
    while all(len(each) > shared for each in parents) and len({each[shared] for each in parents}) == 1:
        shared += 1
    return "/".join(parents[0][:shared])


def _asked(snapshot: Snapshot, question: str) -> list[str]:
    """Return the words of a question that no passage has, as they are written; all of its words if there are none."""
    concepts = snapshot.weights(question).concepts
    unknown = [each for each in concepts if not each.found] or list(concepts)
    return [each.concept.span.of(question) for each in unknown]


def _names(quote: str, language: str | None) -> Iterator[str]:
    """Yield the words of a text, and each two of them that are side by side."""
    terms = analyse(quote, language)
    yield from (_written(quote, term) for term in terms)
    for one, other in pairwise(terms):
        if quote[one.span.end : other.span.start] == " ":
            yield f"{_written(quote, one)} {_written(quote, other)}"


def _written(quote: str, term: Term) -> str:
    word = Span(term.span.start, term.span.end).of(quote)
    return word.lower() if term.case is Case.FIRST else word


def _nearest(asked: Sequence[str], names: Sequence[str], encoder: Encoder) -> tuple[str, str] | None:
    if not asked or not names:
        return None
    cosines = encoder.encode_queries([*asked]) @ encoder.encode_queries([*names]).T
    at = int(cosines.argmax())
    return asked[at // len(names)], names[at % len(names)]

"""Follow-ups made of ``shared/benchmarks/chunking``, with and without what was said before.

    python benchmarks/follow_ups.py ../shared/benchmarks/chunking

A follow-up is a question without the two most telling words that it shares with a question about a place nearby and that
place's text, which are what was said before it. A new topic is a question after one about another text.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from chunking import read_chunking
from citewell import Assistant, IndexFolder, Settings, build
from citewell.evaluation.comparing import compare
from citewell.evaluation.questions.sets import Question, QuestionSet, SaidBefore
from citewell.evaluation.running import run
from citewell.text.terms import terms_of
from texts import copy_texts

_NEARBY = 4000
_SEED = 3


def after(question: Question, text: str, before: Question) -> Question:
    """Return a question, in other words if need be, after another one and its answer."""
    history = (
        SaidBefore(role="user", content=before.question),
        SaidBefore(role="assistant", content=" ".join(answer.quote for answer in before.answers)),
    )
    return question.model_copy(update={"question": text, "history": history})


def start(question: Question) -> int:
    """Return where the first answer of a question stands."""
    return question.answers[0].start or 0


def follow_ups(questions: Sequence[Question], weight: dict[str, float]) -> Iterator[Question]:
    """Yield questions that lean on one about a place nearby.

    Args:
        questions: The questions.
        weight: How telling each term is.
    """
    for question in questions:
        near = [
            other
            for other in questions
            if other.kind == question.kind and 0 < abs(start(other) - start(question)) < _NEARBY
        ]
        if not near:
            continue
        before = min(near, key=lambda other: abs(start(other) - start(question)))
        said = set(terms_of(before.question)) | {term for answer in before.answers for term in terms_of(answer.quote)}
        shared = sorted(set(terms_of(question.question)) & said, key=lambda term: -weight.get(term, 0.0))[:2]
        words = [word for word in question.question.split() if not set(terms_of(word)) & set(shared)]
        if shared:
            yield after(question, " ".join(words), before)


def new_topics(questions: Sequence[Question]) -> Iterator[Question]:
    """Yield questions after one about another text."""
    chance = np.random.default_rng(_SEED)
    for question in questions:
        others = [other for other in questions if other.kind != question.kind]
        yield after(question, question.question, others[chance.integers(len(others))])


def main() -> None:
    """Index the folder, ask with and without history and print what differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder with questions.csv and the texts")
    parser.add_argument("--model", help="the model of the index")
    arguments = parser.parse_args()
    folder = arguments.folder
    questions = list(read_chunking(folder))
    table = Table("questions", "number", "recall@5 alone", "with history", "verdict")
    with tempfile.TemporaryDirectory() as temporary:
        index = IndexFolder(Path(temporary, "index"))
        build(copy_texts(folder, Path(temporary, "texts")), index, Settings(model=arguments.model))
        assistant = Assistant(index)
        snapshot = index.open()
        weighted = snapshot.weights("\n".join(question.question for question in questions)).concepts
        weight = {form: each.weight for each in weighted for form in each.concept.forms}
        for name, asked in (
            ("follow-ups", list(follow_ups(questions, weight))),
            ("new topics", list(new_topics(questions))),
        ):
            runs = []
            for label, each in (
                ("alone", [question.model_copy(update={"history": ()}) for question in asked]),
                ("mixed", asked),
            ):
                runs.append(run(assistant, QuestionSet(name, tuple(each), (0,) * len(each)), name=label))
            result = compare(*runs)
            table.add_row(name, str(len(asked)), f"{result.main.a:.3f}", f"{result.main.b:.3f}", result.verdict)
    Console(width=160).print(table)


if __name__ == "__main__":
    main()

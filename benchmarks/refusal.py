"""Refusal between collections: each question about one of five texts, asked of an index of the other four, and of all five.

    python benchmarks/refusal.py ../shared/benchmarks/chunking

A question about a text that an index does not hold is unanswerable there, the others are answerable. Each index is calibrated
when it is built, from its own texts; no calibration has seen these questions.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from chunking import read_chunking
from citewell import Assistant, IndexFolder, Settings, build
from citewell.confidence import THRESHOLDS
from citewell.evaluation.questions.sets import Question
from citewell.evaluation.statistics import auroc


def confidences(texts: Iterable[Path], questions: Sequence[Question], model: str | None) -> list[float]:
    """Return how confident an index of some texts is that it covers each question."""
    with tempfile.TemporaryDirectory() as temporary:
        corpus, index = Path(temporary, "corpus"), IndexFolder(Path(temporary, "index"))
        corpus.mkdir()
        for text in texts:
            shutil.copy(text, corpus)
        build(corpus, index, Settings(model=model))
        assistant = Assistant(index)
        return [assistant.ask(question.question).confidence for question in questions]


def main() -> None:
    """Leave each text out in turn, then keep each alone, and print what is refused."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder with questions.csv and the texts")
    parser.add_argument("--model", help="the model of the indexes")
    arguments = parser.parse_args()
    folder = arguments.folder
    questions = list(read_chunking(folder))
    texts = sorted({folder / f"{question.kind}.md" for question in questions})
    columns = [f"{side}, {name}" for name in THRESHOLDS for side in ("refused", "answered")]
    table = Table(
        "index", "AUROC", *columns, title="Answerable refused and unanswerable answered", title_justify="left"
    )
    console = Console(width=160)
    for title, indexes in (
        ("all but {}", [(left_out.stem, [text for text in texts if text != left_out]) for left_out in texts]),
        ("{} alone", [(text.stem, [text]) for text in texts]),
    ):
        own: list[float] = []
        other: list[float] = []
        for name, held in indexes:
            found = confidences(held, questions, arguments.model)
            names = {text.stem for text in held}
            own_here = [value for value, question in zip(found, questions, strict=True) if question.kind in names]
            other_here = [value for value, question in zip(found, questions, strict=True) if question.kind not in names]
            table.add_row(title.format(name), *row(own_here, other_here))
            own += own_here
            other += other_here
        table.add_row("pooled", *row(own, other), style="bold", end_section=True)
    console.print(table)


def row(own: Sequence[float], other: Sequence[float]) -> list[str]:
    """Return AUROC, and for each threshold the share of answerable refused and of unanswerable answered."""
    shares = [
        share
        for threshold in THRESHOLDS.values()
        for share in (
            sum(each < threshold for each in own) / len(own),
            sum(each >= threshold for each in other) / len(other),
        )
    ]
    return [f"{auroc(own, other):.4f}", *(f"{share:.1%}" for share in shares)]


if __name__ == "__main__":
    main()

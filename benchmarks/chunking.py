"""The benchmark ``shared/benchmarks/chunking`` as question sets of Citewell's own."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

from citewell.evaluation.questions.sets import Question, Quotation


def read_chunking(folder: Path) -> Iterator[Question]:
    """Yield the questions of ``questions.csv``, their kind being the text that they are about."""
    with (folder / "questions.csv").open(encoding="utf-8", newline="") as stream:
        for number, row in enumerate(csv.DictReader(stream)):
            document = f"{row['corpus_id']}.md"
            yield Question(
                id=str(number),
                question=row["question"],
                kind=row["corpus_id"],
                answers=tuple(
                    Quotation(document=document, quote=each["content"], start=each["start_index"])
                    for each in json.loads(row["references"])
                ),
            )

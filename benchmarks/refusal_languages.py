"""Refusal in other languages on ``shared/benchmarks/languages``: every second article is indexed, and all questions are asked.

    python benchmarks/refusal_languages.py ../shared/benchmarks/languages [--only es ja] [--model NAME]

A question about an article that the index does not hold is unanswerable there. Without ``--model`` the build chooses. The
columns are those of ``benchmarks/refusal.py``.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from citewell import Assistant, IndexFolder, Settings, build
from citewell.confidence import THRESHOLDS
from refusal import row


def halves(file: Path) -> tuple[list[str], list[tuple[str, bool]]]:
    """Return the paragraphs of every second article of a SQuAD file, and all questions with whether these cover them."""
    data: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["data"]
    held: list[str] = []
    questions: list[tuple[str, bool]] = []
    for nth, (_, entries) in enumerate(groupby(data, key=lambda each: each["title"])):
        covered = nth % 2 == 0
        for paragraph in (each for entry in entries for each in entry["paragraphs"]):
            held += [paragraph["context"]] * covered
            questions += [(each["question"], covered) for each in paragraph["qas"]]
    return held, questions


def confidences(held: list[str], questions: list[str], model: str | None, kept: Path | None) -> Iterator[float]:
    """Yield how confident an index of some paragraphs is that it covers each question."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = kept or Path(temporary)
        corpus, index = folder / "corpus", IndexFolder(folder / "index")
        corpus.mkdir(parents=True, exist_ok=True)
        for nth, text in enumerate(held):
            (corpus / f"{nth:03}.txt").write_text(text, encoding="utf-8")
        build(corpus, index, Settings(model=model))
        assistant = Assistant(index)
        for question in questions:
            yield assistant.ask(question).confidence


def main() -> None:
    """Print for each language what is refused and answered."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder with the SQuAD files")
    parser.add_argument("--only", nargs="*", help="only the files of these names, without .json")
    parser.add_argument("--model", help="the encoder's model; else the build chooses")
    parser.add_argument("--keep", type=Path, help="a folder for the indexes, to run again without building them")
    arguments = parser.parse_args()
    columns = [f"{side}, {name}" for name in THRESHOLDS for side in ("refused", "answered")]
    table = Table("language", "AUROC", *columns)
    for file in sorted(arguments.folder.glob("*.json")):
        if arguments.only and file.stem not in arguments.only:
            continue
        held, questions = halves(file)
        kept = arguments.keep / file.stem if arguments.keep else None
        found = list(confidences(held, [text for text, _ in questions], arguments.model, kept))
        sides = [
            [value for value, (_, covered) in zip(found, questions, strict=True) if covered is side]
            for side in (True, False)
        ]
        table.add_row(file.stem, *row(*sides))
    Console(width=160).print(table)


if __name__ == "__main__":
    main()

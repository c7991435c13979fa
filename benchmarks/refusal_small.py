"""Refusal in small corpora: what they cover, in other words, and what they do not, although it is about the same things.

    python benchmarks/refusal_small.py [--manuals FOLDER] [--model NAME] [--verbose]

The questions (``small_corpora``) are about the documents of ``citewell example``, and about six manuals, which are not here:
FOLDER holds them as ``tmux.txt``, ``rsync.txt``, ``less.txt``, ``nano.txt``, ``jq.txt`` and ``wget.txt``, each the output of
``man NAME | col -b``.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import yaml
from rich.console import Console
from rich.table import Table

import citewell.example
from citewell import Assistant, IndexFolder, Settings, build
from citewell.confidence import THRESHOLDS
from refusing import COLUMNS, row

QUESTIONS = Path(__file__).with_name("small_corpora")
EXAMPLE = Path(citewell.example.__file__).parent / "files" / "corpus"
SIDES = ("covered", "uncovered")


def confidences(corpus: Path, asked: dict[str, list[str]], model: str | None) -> dict[str, list[float]]:
    """Return how confident an index is that it covers each question.

    Args:
        corpus: Its documents.
        asked: The questions of each side.
        model: The model of the index; None is what the build chooses.
    """
    with tempfile.TemporaryDirectory() as temporary:
        index = IndexFolder(Path(temporary, "index"))
        build(corpus, index, Settings(model=model))
        assistant = Assistant(index)
        return {side: [assistant.ask(each).confidence for each in questions] for side, questions in asked.items()}


def read_questions(file: Path) -> dict[str, list[str]]:
    """Read the covered and the uncovered questions of a file."""
    found = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {"covered": [each["question"] for each in found["covered"]], "uncovered": found["uncovered"]}


def main() -> None:
    """Index each corpus, ask its questions, and print what is refused and answered."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--manuals", type=Path, metavar="FOLDER", help="the folder with the manuals")
    parser.add_argument("--model", help="the model of the indexes")
    parser.add_argument("--verbose", action="store_true", help="print each question that went wrong, too")
    arguments = parser.parse_args()
    corpora = {"example": EXAMPLE} | ({"manuals": arguments.manuals} if arguments.manuals else {})
    table = Table("corpus", "questions", *COLUMNS)
    console = Console(width=160)
    for name, corpus in corpora.items():
        asked = read_questions(QUESTIONS / f"{name}.yaml")
        found = confidences(corpus, asked, arguments.model)
        own, other = (found[side] for side in SIDES)
        table.add_row(name, f"{len(own)} + {len(other)}", *row(own, other))
        for side in SIDES if arguments.verbose else ():
            for question, confidence in zip(asked[side], found[side], strict=True):
                if (confidence >= THRESHOLDS["balanced"]) != (side == "covered"):
                    console.print(f"{name}, {side}: {confidence:.2f} {question}")
    console.print(table)


if __name__ == "__main__":
    main()

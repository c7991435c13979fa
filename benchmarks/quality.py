"""Retrieval quality on ``shared/benchmarks/chunking``, through ``citewell evaluate`` as anyone would run it.

    python benchmarks/quality.py ../shared/benchmarks/chunking

The measures are those of that folder's README. ``--save`` keeps the run, to be compared with another one by
``citewell compare``.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from chunking import read_chunking
from citewell.evaluation.questions.sets import write_questions
from texts import copy_texts


def citewell(*arguments: str) -> None:
    """Run this environment's ``citewell``."""
    subprocess.run([sys.executable, "-m", "citewell.cli", *arguments], check=True)


def main() -> None:
    """Index the folder, ask its questions and print the measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder with questions.csv and the texts")
    parser.add_argument("--index", type=Path, help="keep the index here; else it is made in a temporary folder")
    parser.add_argument("--save", type=Path, help="keep the run here")
    parser.add_argument("--settings", type=Path, help="a settings file")
    arguments = parser.parse_args()
    common = ["--settings", str(arguments.settings)] if arguments.settings else []
    with tempfile.TemporaryDirectory() as temporary:
        index = str(arguments.index or Path(temporary, "index"))
        questions = Path(temporary, "chunking.jsonl")
        write_questions(list(read_chunking(arguments.folder)), questions)
        corpus = copy_texts(arguments.folder, Path(temporary, "corpus"))
        citewell(*common, "index", "--corpus", str(corpus), "--index", index)
        save = ["--save", str(arguments.save)] if arguments.save else []
        citewell(*common, "evaluate", str(questions), "--index", index, *save)


if __name__ == "__main__":
    main()

"""Retrieval in other languages on ``shared/benchmarks/languages``, through ``citewell`` as anyone would run it.

    python benchmarks/languages.py ../shared/benchmarks/languages [--only es ja] [--model NAME]

Each file is SQuAD's, with one paragraph a document. ``document hit@1`` is the share of questions whose paragraph comes first,
``refused`` the share that is refused, though all can be answered, ``lead hit`` the share whose answer begins with a sentence
that answers. Without ``--model`` the first build chooses, and the table names it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any


def citewell(*arguments: str) -> str:
    """Run this environment's ``citewell`` and return what it prints."""
    done = subprocess.run([sys.executable, "-m", "citewell", *arguments], check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def evaluated(file: Path, folder: Path, model: str | None) -> dict[str, Any]:
    """Import, index and evaluate a SQuAD file.

    Args:
        file: The SQuAD file.
        folder: Where the corpus and the index are made.
        model: The encoder's model; None lets the build choose.

    Returns:
        The JSON of ``citewell evaluate``.
    """
    citewell("questions", "import", str(file), "--to", str(folder))
    return evaluated_set(folder / "questions.jsonl", folder, model)


def evaluated_set(questions: Path, folder: Path, model: str | None) -> dict[str, Any]:
    """Index ``folder/corpus`` and evaluate a question set; an index that is up to date is kept.

    Args:
        questions: The question set.
        folder: Where the corpus is and the index is made.
        model: The encoder's model; None lets the build choose.

    Returns:
        The JSON of ``citewell evaluate``.
    """
    index = str(folder / "index")
    chosen = ["--model", model] if model else []
    citewell("index", "--corpus", str(folder / "corpus"), "--index", index, *chosen)
    found: dict[str, Any] = json.loads(citewell("evaluate", str(questions), "--index", index, "--json"))
    return found


def line(name: str, found: dict[str, Any]) -> str:
    """Return the row of a file in the table."""
    first, five = (found["measures"][f"document hit@{depth}"]["mean"] for depth in (1, 5))
    refused = 1 - found["refusal"]["answered_of_coverable"]
    lead = found["measures"]["lead hit"]["mean"]
    figures = " | ".join(f"{each:.3f}" for each in (first, five, refused, lead))
    return f"| {name} | {found['coverable']} | {figures} | {found['about']['encoder']} |"


def main() -> None:
    """Evaluate every file of the folder and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder with the SQuAD files")
    parser.add_argument("--only", nargs="*", help="only the files of these names, without .json")
    parser.add_argument("--model", help="the encoder's model; else the first build chooses")
    arguments = parser.parse_args()
    print(
        "| file | questions | document hit@1 | document hit@5 | refused | lead hit | model |\n|---|---|---|---|---|---|---|"
    )
    for file in sorted(arguments.folder.glob("*.json")):
        if arguments.only and file.stem not in arguments.only:
            continue
        with tempfile.TemporaryDirectory() as temporary:
            print(line(file.stem, evaluated(file, Path(temporary), arguments.model)), flush=True)


if __name__ == "__main__":
    main()

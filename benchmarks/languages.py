"""Retrieval in other languages on ``shared/benchmarks/languages``, through ``citewell`` as anyone would run it.

    python benchmarks/languages.py ../shared/benchmarks/languages [--only es ja] [--model NAME]

Each file is SQuAD's, with one paragraph a document. ``document hit@1`` is the share of questions whose paragraph comes first,
``refused`` the share that is refused, though all can be answered, ``lead hit`` the share whose answer begins with a sentence
that answers. ``lead holds`` is the share that has a whole right answer in the lead, of the questions whose paragraph is among
the first five; one that is refused has no lead. Without ``--model`` the first build chooses, and the table names it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from citewell.evaluation.running import Outcome, Run, load_run


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
    saved = folder / "run.jsonl"
    asked = citewell("evaluate", str(questions), "--index", index, "--save", str(saved), "--json")
    found: dict[str, Any] = json.loads(asked)
    return found | {"lead holds": share_of_leads(load_run(saved))}


def share_of_leads(run: Run) -> float:
    """Return in which share of the questions whose paragraph is found the lead has a whole right answer."""
    held = [leads for each in run.answerable if (leads := holds(each)) is not None]
    return statistics.fmean(held) if held else 0.0


def holds(outcome: Outcome) -> bool | None:
    """Return whether the lead has a whole right answer; None if its paragraph is not found."""
    documents = {place.document for place in outcome.gold}
    if outcome.answer is None or documents.isdisjoint(each.document for each in outcome.passages[:5]):
        return None
    leads = [(outcome.passages[each.rank - 1].document, each) for each in outcome.answer.lead]
    return any(
        place.document == document and lead.start <= place.start and place.end <= lead.end
        for place in outcome.gold
        for document, lead in leads
    )


def line(name: str, found: dict[str, Any]) -> str:
    """Return the row of a file in the table."""
    first, five = (found["measures"][f"document hit@{depth}"]["mean"] for depth in (1, 5))
    refused = 1 - found["refusal"]["answered_of_coverable"]
    lead = found["measures"]["lead hit"]["mean"]
    figures = " | ".join(f"{each:.3f}" for each in (first, five, refused, lead, found["lead holds"]))
    return f"| {name} | {found['coverable']} | {figures} | {found['about']['encoder']} |"


def main() -> None:
    """Evaluate every file of the folder and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder with the SQuAD files")
    parser.add_argument("--only", nargs="*", help="only the files of these names, without .json")
    parser.add_argument("--model", help="the encoder's model; else the first build chooses")
    arguments = parser.parse_args()
    print(
        "| file | questions | document hit@1 | document hit@5 | refused | lead hit | lead holds | model |\n"
        "|---|---|---|---|---|---|---|---|"
    )
    for file in sorted(arguments.folder.glob("*.json")):
        if arguments.only and file.stem not in arguments.only:
            continue
        with tempfile.TemporaryDirectory() as temporary:
            print(line(file.stem, evaluated(file, Path(temporary), arguments.model)), flush=True)


if __name__ == "__main__":
    main()

"""Near misses, through ``citewell`` as anyone would run it: what a question turns on is there, or is not.

    python benchmarks/near_misses.py [--model NAME] [--verbose]

``near_misses/`` holds a small corpus and ``questions.yaml``, all written for this: pairs of one form, of which the corpus
answers the first and lacks the name, number, code or year of the second; and questions with an ordinary word that the corpus
lacks, which it answers all the same.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import yaml

from running import citewell

DATA = Path(__file__).with_name("near_misses")


def answers(questions: list[str], index: str) -> list[dict[str, Any]]:
    """Ask questions of an index.

    Args:
        questions: The questions.
        index: The index.

    Returns:
        The JSON of ``citewell ask``, one for each question.
    """
    with tempfile.TemporaryDirectory() as temporary:
        batch = Path(temporary) / "batch.jsonl"
        lines = (json.dumps({"id": str(nth), "question": each}) for nth, each in enumerate(questions))
        batch.write_text("\n".join(lines), encoding="utf-8")
        return [
            json.loads(each) for each in citewell("ask", "--batch", str(batch), "--index", index, "--json").splitlines()
        ]


def right(answer: dict[str, Any], document: str | None) -> bool:
    """Return whether a question is answered with its document first, or refused if it has none."""
    if document is None or not answer["answered"]:
        return document is None and not answer["answered"]
    return bool(answer["passages"][0]["document"] == document)


def main() -> None:
    """Index the corpus, ask the questions and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="the encoder's model; else the first build chooses")
    parser.add_argument("--verbose", action="store_true", help="print each question that went wrong, too")
    arguments = parser.parse_args()
    asked = yaml.safe_load((DATA / "questions.yaml").read_text(encoding="utf-8"))
    groups: dict[str, list[tuple[str, str | None]]] = {
        "covered, right document first": [(each["covered"], each["document"]) for each in asked["pairs"]],
        "uncovered, refused": [(each["uncovered"], None) for each in asked["pairs"]],
        "ordinary word, right document first": [(each["question"], each["document"]) for each in asked["ordinary"]],
    }
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "corpus").mkdir()
        for file in DATA.glob("*.txt"):
            (folder / "corpus" / file.name).write_bytes(file.read_bytes())
        index = str(folder / "index")
        chosen = ["--model", arguments.model] if arguments.model else []
        citewell("index", "--corpus", str(folder / "corpus"), "--index", index, *chosen)
        print("| questions | number | share |\n|---|---|---|")
        wrong: list[str] = []
        for name, group in groups.items():
            found = answers([question for question, _ in group], index)
            failed = [q for (q, document), answer in zip(group, found, strict=True) if not right(answer, document)]
            print(f"| {name} | {len(group)} | {1 - len(failed) / len(group):.3f} |")
            wrong += [f"{name}: {each}" for each in failed]
    if arguments.verbose:
        print("\n".join(["", *wrong]))


if __name__ == "__main__":
    main()

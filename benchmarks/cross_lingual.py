"""English text asked in German, French and Spanish, through ``citewell`` as anyone would run it.

    python benchmarks/cross_lingual.py [--model NAME]

``cross_lingual/`` holds 40 English paragraphs and ``questions.yaml``, all written for this: two German questions for each,
20 in French and in Spanish, and 60 German ones that none answers, half of them about the same topics.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from citewell.evaluation.questions.sets import Question, Quotation, write_questions
from languages import evaluated_set

DATA = Path(__file__).with_name("cross_lingual")


def questions(language: str, asked: dict[str, Any]) -> Iterator[Question]:
    """Yield the questions in a language; the whole paragraph is the right answer."""
    for document, each in asked["covered"][language].items():
        text = (DATA / document).read_text(encoding="utf-8").strip()
        answer = Quotation(document=document, quote=text)
        for nth, question in enumerate(each):
            yield Question(id=f"{document}-{nth}", question=question, answers=(answer,))
    for nth, question in enumerate(asked["uncovered"].get(language, ())):
        yield Question(id=f"uncovered-{nth}", question=question, answerable=False)


def main() -> None:
    """Index the paragraphs, ask in each language and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="the encoder's model; else the first build chooses")
    arguments = parser.parse_args()
    asked = yaml.safe_load((DATA / "questions.yaml").read_text(encoding="utf-8"))
    print("| asked in | first | in five | covered, refused | uncovered, answered |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "corpus").mkdir()
        for file in DATA.glob("*.txt"):
            (folder / "corpus" / file.name).write_bytes(file.read_bytes())
        for language in asked["covered"]:
            file = folder / f"{language}.jsonl"
            write_questions(list(questions(language, asked)), file)
            found = evaluated_set(file, folder, arguments.model)
            refusal, measures = found["refusal"], found["measures"]
            refused = refusal["refused_of_foreign"]
            answered = "–" if refused is None else f"{1 - refused:.3f}"
            first, five = (measures[f"document hit@{depth}"]["mean"] for depth in (1, 5))
            print(
                f"| {language} | {first:.3f} | {five:.3f} | {1 - refusal['answered_of_coverable']:.3f} | {answered} |"
            )


if __name__ == "__main__":
    main()

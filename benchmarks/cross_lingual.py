"""English text asked in German, French and Spanish, through ``citewell`` as anyone would run it.

    python benchmarks/cross_lingual.py [--model NAME] [--shared ../shared/benchmarks]

``cross_lingual/`` holds 40 English paragraphs and ``questions.yaml``, all written for this: two German questions for each,
20 in French and in Spanish, and 60 German ones that none answers, half of them about the same topics. With ``--shared``, German
questions are asked about other texts, too: three English ones of ``chunking`` (and about the two that are left out), and
every second Spanish article of ``languages`` (and about the others).
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from citewell.evaluation.questions.sets import Question, Quotation, write_questions
from running import citewell

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


def shared_sets(shared: Path) -> Iterator[tuple[str, dict[str, str], list[str], list[str]]]:
    """Yield a name, the texts to index, the questions that they cover, and those that they do not."""
    asked = yaml.safe_load((DATA / "chunking.yaml").read_text(encoding="utf-8"))
    held = ["state_of_the_union", "chatlogs", "wikitexts"]
    texts = {f"{name}.md": (shared / "chunking" / f"{name}.md").read_text(encoding="utf-8") for name in held}
    left_out = [question for name in asked.keys() - set(held) for question in asked[name]]
    yield "chunking", texts, [question for name in held for question in asked[name]], left_out
    asked = yaml.safe_load((DATA / "squad.yaml").read_text(encoding="utf-8"))
    numbered = {f"{nth:03}.txt": text for nth, text in enumerate(paragraphs(shared / "languages" / "es.json"))}
    yield "languages/es", numbered, asked["covered"], asked["uncovered"]


def paragraphs(file: Path) -> list[str]:
    """Return the paragraphs of every second article of a SQuAD file."""
    data = json.loads(file.read_text(encoding="utf-8"))["data"]
    articles = [list(entries) for _, entries in groupby(data, key=lambda each: each["title"])]
    return [each["context"] for article in articles[::2] for entry in article for each in entry["paragraphs"]]


def evaluated(file: Path, folder: Path, model: str | None) -> dict[str, Any]:
    """Index ``corpus`` in a folder, unless its index is up to date, and return the JSON of ``citewell evaluate``."""
    index = str(folder / "index")
    chosen = ["--model", model] if model else []
    citewell("index", "--corpus", str(folder / "corpus"), "--index", index, *chosen)
    found: dict[str, Any] = json.loads(citewell("evaluate", str(file), "--index", index, "--json"))
    return found


def answered(texts: dict[str, str], questions: list[str], model: str | None) -> list[bool]:
    """Index some texts and return which questions are answered."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "corpus").mkdir()
        for name, text in texts.items():
            (folder / "corpus" / name).write_text(text, encoding="utf-8")
        batch = folder / "questions.jsonl"
        batch.write_text("".join(json.dumps({"question": each}) + "\n" for each in questions), encoding="utf-8")
        chosen = ["--model", model] if model else []
        citewell("index", "--corpus", str(folder / "corpus"), "--index", str(folder / "index"), *chosen)
        lines = citewell("ask", "--batch", str(batch), "--index", str(folder / "index"), "--json").splitlines()
        return [json.loads(line)["answered"] for line in lines]


def main() -> None:
    """Index the paragraphs, ask in each language and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="the encoder's model; else the first build chooses")
    parser.add_argument("--shared", type=Path, help="the folder of the shared benchmarks")
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
            found = evaluated(file, folder, arguments.model)
            refusal, measures = found["refusal"], found["measures"]
            refused = refusal["refused_of_foreign"]
            wrong = "–" if refused is None else f"{1 - refused:.3f}"
            first, five = (measures[f"document hit@{depth}"]["mean"] for depth in (1, 5))
            print(f"| {language} | {first:.3f} | {five:.3f} | {1 - refusal['answered_of_coverable']:.3f} | {wrong} |")
    for name, texts, covered, uncovered in shared_sets(arguments.shared) if arguments.shared else ():
        right = answered(texts, [*covered, *uncovered], arguments.model)
        refused = 1 - sum(right[: len(covered)]) / len(covered)
        print(f"| de, {name} | – | – | {refused:.3f} | {sum(right[len(covered) :]) / len(uncovered):.3f} |")


if __name__ == "__main__":
    main()

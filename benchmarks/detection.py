"""Which language a text is in: how often that is right on paragraphs and questions, and how much processor time it takes.

    python benchmarks/detection.py ../shared/benchmarks

It reads ``languages`` (Spanish, Japanese, Chinese), ``chunking`` (English) and the sentences of ``tests/text``. py3langid is
compared with it where it is installed.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

from citewell.text.language import detect

_SENTENCES = Path(__file__).parents[1] / "tests" / "text" / "languages.txt"
# Of a paragraph, a shorter text is not one.
_SHORTEST_PARAGRAPH = 80

Detector = Callable[[str], str | None]
Texts = dict[str, list[tuple[str, str]]]


def squad(path: Path) -> tuple[list[str], list[str]]:
    """Return the paragraphs and the questions of a file in SQuAD's form."""
    paragraphs = [
        each for article in json.loads(path.read_text(encoding="utf-8"))["data"] for each in article["paragraphs"]
    ]
    return [each["context"] for each in paragraphs], [qa["question"] for each in paragraphs for qa in each["qas"]]


def chunking(folder: Path) -> tuple[list[str], list[str]]:
    """Return the paragraphs and the questions of ``chunking``, which are English."""
    pieces = [piece for path in sorted(folder.glob("*.md")) for piece in path.read_text(encoding="utf-8").split("\n\n")]
    with (folder / "questions.csv").open(encoding="utf-8", newline="") as file:
        questions = [row["question"] for row in csv.DictReader(file)]
    return [piece for piece in pieces if len(piece) >= _SHORTEST_PARAGRAPH], questions


def read(folder: Path) -> Texts:
    """Return the texts of each kind, each with its language."""
    texts: Texts = {}
    for language in ("es", "ja", "zh"):
        paragraphs, questions = squad(folder / "languages" / f"{language}.json")
        texts[f"{language}, paragraphs"] = [(language, text) for text in paragraphs]
        texts[f"{language}, questions"] = [(language, text) for text in questions]
    paragraphs, questions = chunking(folder / "chunking")
    texts["en, paragraphs"] = [("en", text) for text in paragraphs]
    texts["en, questions"] = [("en", text) for text in questions]
    lines = [line.split("\t") for line in _SENTENCES.read_text(encoding="utf-8").splitlines()]
    texts["tests/text, sentences"] = [(language, text) for language, text in lines]
    return texts


def detectors() -> Iterator[tuple[str, Detector]]:
    """Yield each detector that is installed, loaded, with the time that takes."""
    detect("Wo ist der Hafen?")
    yield "citewell", detect
    started = time.process_time()
    try:
        module = import_module("py3langid")
    except ImportError:
        return
    module.classify("Wo ist der Hafen?")
    yield f"py3langid, loaded in {time.process_time() - started:.1f} s", lambda text: module.classify(text)[0]


def measure(detector: Detector, texts: Sequence[tuple[str, str]]) -> str:
    """Return the share of texts whose language is right, and the milliseconds for each."""
    started = time.process_time()
    found = [detector(text) for _, text in texts]
    milliseconds = 1000 * (time.process_time() - started) / len(texts)
    right = sum(one == language for one, (language, _) in zip(found, texts, strict=True))
    return f"{right / len(texts):.3f}  {milliseconds:.2f} ms"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="shared/benchmarks")
    texts = read(parser.parse_args().folder)
    columns = list(detectors())
    table = Table("texts", "count", *(name for name, _ in columns))
    for kind, each in texts.items():
        table.add_row(kind, str(len(each)), *(measure(detector, each) for _, detector in columns))
    Console().print(table)


if __name__ == "__main__":
    main()

"""Which sentence splitter: traps of real prose in twelve languages, and speed, for those of them that are installed.

    pip install pysbd sentencex syntok blingfire
    python benchmarks/sentence_splitters.py ../shared/benchmarks/chunking

A trap is right when exactly the expected sentences come out. "with customs": the splitter proposes, and what the customs of the
language say is no end is taken away (``citewell.text.stops``). Speed is against the time that tokenising the same
English text takes, in the same run.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from itertools import pairwise
from pathlib import Path

from rich.console import Console
from rich.table import Table

from citewell.encoder import encoding
from citewell.encoder.preparing import prepare
from citewell.text import stops
from sentence_traps import TRAPS

Splitter = Callable[[str, str], Iterable[str]]


def load(name: str) -> Splitter | None:
    """Return a splitter from a text and its language to sentences, or None where it is not installed."""
    try:
        module = import_module("syntok.segmenter" if name == "syntok" else name)
    except ImportError:
        return None
    splitters: dict[str, Splitter] = {
        "nupunkt": lambda text, _: (text[start:end] for start, end in module.sent_spans(text)),
        "sentencex": lambda text, language: module.segment(language, text),
        "pysbd": lambda text, language: module.Segmenter(language=language, clean=False).segment(text),
        "blingfire": lambda text, _: module.text_to_sentences(text).split("\n"),
        "syntok": lambda text, _: (
            text[sentence[0].offset : sentence[-1].offset + len(sentence[-1].value)]
            for paragraph in module.analyze(text)
            for sentence in map(list, paragraph)
        ),
    }
    return splitters[name]


def with_customs(splitter: Splitter) -> Splitter:
    """Return a splitter whose cuts have to agree with the customs of the language."""

    def cut(text: str, language: str) -> Iterable[str]:
        starts, at = [], 0
        for sentence in splitter(text, language):
            at = text.index(sentence.strip(), at)
            starts.append(at)
            at += len(sentence.strip())
        return _pieces(text, stops.agreed(text, starts[1:], language))

    return cut


def citewell(text: str, language: str) -> Iterable[str]:
    """Return the sentences of a text as Citewell cuts them."""
    return _pieces(text, stops.sentence_starts(text, language))


def _pieces(text: str, starts: Iterable[int]) -> Iterable[str]:
    return (text[start:end] for start, end in pairwise([0, *starts, len(text)]))


def right(splitter: Splitter, language: str) -> str:
    """Return of how many traps of a language the sentences are right."""
    expected = [[part.strip() for part in trap.split("|")] for trap in TRAPS[language].strip().splitlines()]
    try:
        found = [[part.strip() for part in splitter(" ".join(parts), language)] for parts in expected]
    except (ValueError, KeyError):  # a language that the splitter does not have
        return "-"
    same = sum([part for part in parts if part] == trap for parts, trap in zip(found, expected, strict=True))
    return f"{same}/{len(expected)}"


def main() -> None:
    """Print a table of all splitters that are installed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder of .md texts")
    texts = [file.read_text(encoding="utf-8")[:50_000] for file in sorted(parser.parse_args().folder.glob("*.md"))]
    lines = [line for text in texts for line in text.splitlines() if line.strip()]
    encoder = encoding.open_encoder(prepare(None))
    began = time.perf_counter()
    for line in lines:
        encoder.token_offsets(line)
    tokenising = time.perf_counter() - began
    splitters: dict[str, Splitter] = {"citewell": citewell}
    for name in ("nupunkt", "sentencex", "blingfire", "pysbd", "syntok"):
        if splitter := load(name):
            splitters[name] = splitter
            if name in {"nupunkt", "sentencex"}:
                splitters[f"{name} with customs"] = with_customs(splitter)
    table = Table("splitter", *TRAPS, "time / tokenising")
    for name, splitter in splitters.items():
        began = time.perf_counter()
        for line in lines:
            list(splitter(line, "en"))
        took = (time.perf_counter() - began) / tokenising
        table.add_row(name, *(right(splitter, language) for language in TRAPS), f"{took:.3f}")
    Console().print(table)


if __name__ == "__main__":
    main()

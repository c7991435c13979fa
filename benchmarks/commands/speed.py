"""How fast it is, as ratios to plain sentence-transformers in the same process on the same texts."""

from __future__ import annotations

import argparse
import csv
import logging
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from asking import in_process
from citewell import IndexFolder, Settings, build
from citewell.encoder.encoding import open_encoder
from citewell.encoder.preparing import prepare
from comparing import (
    Pair,
    asking,
    building,
    encoding,
    importing,
    rebuilding,
    seconds,
    splitting,
    starting,
    windows_of,
)
from reporting.machine import ROOT
from reporting.plots import bars
from reporting.report import Report
from texts import copy_texts

_WORKS = ("build", "encode", "int8", "ask", "start", "rebuild")
_ABOUT = """\
Each line is some work of Citewell and a reference that was timed in turns with it, so that a busy machine slows both
alike. The ratio is what counts: below 1, Citewell is faster. sentence-transformers runs the same model
(all-MiniLM-L6-v2) in torch at full precision. A build reads, splits, encodes, indexes, calibrates, verifies and syncs;
its reference only encodes the same text in chunks of 800 characters."""
_PARTS = """\
What one question costs, as the median over the questions. All but the encoding is time of the processor; a profile says
which share of it is whose, and what is not named is Python between the stages."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command takes."""
    parser.add_argument("folder", type=Path, help="the folder with questions.csv and the texts")
    parser.add_argument("--only", choices=_WORKS, nargs="+", default=list(_WORKS), help="only this work")
    parser.add_argument("--questions", type=int, default=300, help="how many of the questions are asked")
    parser.add_argument("--rounds", type=int, default=5, help="how often what takes seconds is timed")
    parser.add_argument("--builds", type=int, default=1, help="how often the build of all texts is timed")


def measure(given: argparse.Namespace, page: Report) -> None:
    """Time everything and report the ratios."""
    page.say("# Speed")
    with (given.folder / "questions.csv").open(encoding="utf-8", newline="") as stream:
        questions = [row["question"] for row in csv.DictReader(stream)][: given.questions]
    with tempfile.TemporaryDirectory() as temporary:
        corpus, index = copy_texts(given.folder, Path(temporary, "corpus")), Path(temporary, "index")
        build(corpus, IndexFolder(index), Settings(model="english"))
        pairs = _ratios(given, corpus, index, questions)
        parts = _parts(given, index, questions)
    page.say(_ABOUT)
    rows = [(name, f"{each.ours:.4f}", f"{each.theirs:.4f}", f"{each.ratio:.3f}") for name, each in pairs.items()]
    page.table(("work / its reference", "s", "reference, s", "ratio"), rows)
    page.plot(
        bars(
            {name: each.ratio for name, each in pairs.items()},
            "Time as a multiple of the reference",
            "multiple of the reference (dotted)",
            form="{:.3f}",
            ours=pairs,
            line=1.0,
        ),
        "The ratio of each piece of work to its reference",
    )
    page.say("## One question")
    page.say(_PARTS)
    whole = sum(parts.values())
    page.table(("part", "ms", "share"), [(name, f"{ms:.2f}", f"{ms / whole:.0%}") for name, ms in parts.items()])
    page.machine()


def _ratios(given: argparse.Namespace, corpus: Path, index: Path, questions: list[str]) -> dict[str, Pair]:
    # This imports torch.
    from sentence_transformers import SentenceTransformer

    logging.getLogger("transformers").setLevel(logging.ERROR)
    card = prepare("english")
    reference, encoder = SentenceTransformer(card.folder, device="cpu"), open_encoder(card)
    texts = windows_of(corpus, encoder, 256)
    windows = f"{len(texts)} windows of 64 tokens"

    def rebuilt() -> dict[str, Pair]:
        changed, same = rebuilding(corpus)
        return {"build, 1 of 98 documents changed / first": changed, "build, nothing changed / first": same}

    def in_int8() -> dict[str, Pair]:
        # An index has it made once for a machine.
        quantised = open_encoder(prepare("english", precision="int8"))
        return {
            "build in INT8 / encode the same text in chunks": building(corpus, reference, given.builds, "int8"),
            f"encode {windows} in INT8 / the same": encoding(texts, quantised, reference, given.rounds),
        }

    works: dict[str, Callable[[], dict[str, Pair]]] = {
        "build": lambda: {"build / encode the same text in chunks": building(corpus, reference, given.builds)},
        "encode": lambda: {
            f"encode {windows} / the same": encoding(texts, encoder, reference, given.rounds),
            "split all texts / encode their windows": splitting(corpus, encoder),
        },
        "int8": in_int8,
        "ask": lambda: {"one question / encode it": asking(questions, index, reference)},
        "start": lambda: {
            "a whole citewell ask / load and encode": starting(index, Path(card.folder), given.rounds),
            "a process that imports citewell / sentence_transformers": importing(given.rounds),
        },
        "rebuild": rebuilt,
    }
    found: dict[str, Pair] = {}
    for part in given.only:
        print(part, file=sys.stderr, flush=True)
        found |= works[part]()
    return found


def _parts(given: argparse.Namespace, index: Path, questions: list[str]) -> dict[str, float]:
    """Return the milliseconds of each part of a question."""
    encoder = open_encoder(prepare("english"))
    encoder.encode_query(questions[0])
    encoded = statistics.median(seconds(lambda text=text: encoder.encode_query(text)) for text in questions)  # type: ignore[misc]
    found = in_process(ROOT, given.folder, index, given.rounds)
    rest = 1000 * statistics.median(found["least"])
    parts = {"encoding the question": 1000 * encoded}
    return parts | {name: rest * share for name, share in found["shares"].items()} | _unnamed(rest, found["shares"])


def _unnamed(rest: float, shares: dict[str, float]) -> dict[str, float]:
    return {"the rest": rest * max(0.0, 1 - sum(shares.values()))}

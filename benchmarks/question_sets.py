"""Question sets with their corpora, in the forms in which benchmarks come, each ready to be indexed and asked."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from chunking import read_chunking
from citewell.errors import QuestionError
from citewell.evaluation.formats.shared import write_corpus
from citewell.evaluation.formats.squad import read_squad
from citewell.evaluation.questions.sets import Question, QuestionSet, read_questions
from reporting.machine import ROOT
from texts import copy_texts

Documents = frozenset[str]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A question set and its corpus.

    ``parts`` are the documents of indexes that have only some of them, by the way in which they were chosen: what is asked
    about the others has no answer there.
    """

    name: str
    corpus: Path
    questions: QuestionSet
    parts: Mapping[str, Sequence[Documents]] = field(default_factory=dict)


def bundled() -> Benchmark:
    """Return the questions about the bundled corpus, some of which it does not answer."""
    return Benchmark(
        "bundled", ROOT / "corpus", read_questions(ROOT / "tests/questions/international-education.questions.yaml")
    )


def read_benchmarks(folder: Path, temporary: Path) -> Iterator[Benchmark]:
    """Read every question set of a folder.

    Args:
        folder: ``questions.csv`` beside texts (``shared/benchmarks/chunking``), files of SQuAD (``*.json``), or ``corpus``
            beside ``questions.yaml`` or ``questions.jsonl``.
        temporary: Where corpora are made; it need not exist.

    Raises:
        QuestionError: A file cannot be read, or the folder has none of these forms.
    """
    if (folder / "questions.csv").is_file():
        yield _chunking(folder, temporary / folder.name)
    elif own := [file for name in ("questions.yaml", "questions.jsonl") if (file := folder / name).is_file()]:
        yield Benchmark(folder.resolve().name, folder / "corpus", read_questions(own[0]))
    elif files := sorted(folder.glob("*.json")):
        yield from (_squad(file, temporary / file.stem) for file in files)
    else:
        raise QuestionError(f"{folder} has no questions.csv, no questions.yaml or questions.jsonl, and no SQuAD file")


def _chunking(folder: Path, corpus: Path) -> Benchmark:
    questions = tuple(read_chunking(folder))
    paths = sorted({each.document for question in questions for each in question.answers})
    parts = {"all texts but one": [frozenset(paths) - {path} for path in paths]}
    # Of two texts, that is each alone.
    if len(paths) > 2:
        parts["one text alone"] = [frozenset({path}) for path in paths]
    name = folder.resolve().name
    return Benchmark(name, copy_texts(folder, corpus), _set(name, questions), parts)


def _squad(file: Path, corpus: Path) -> Benchmark:
    found = read_squad(file)
    write_corpus(found.documents, corpus)
    return Benchmark(file.stem, corpus, _set(file.stem, found.questions), {"every second article": [_half(file)]})


def _half(file: Path) -> Documents:
    """Return the documents of every second article; each of its entries is a document, in the same order."""
    data = json.loads(file.read_text(encoding="utf-8"))["data"]
    sizes = [len(list(entries)) for _, entries in groupby(data, key=lambda each: each["title"])]
    paths = iter(read_squad(file).documents)
    articles = [[next(paths) for _ in range(size)] for size in sizes]
    return frozenset(path for article in articles[::2] for path in article)


def _set(name: str, questions: Sequence[Question]) -> QuestionSet:
    return QuestionSet(name, tuple(questions), tuple(range(1, len(questions) + 1)))


def copied(benchmark: Benchmark, documents: Documents, target: Path) -> Path:
    """Copy some documents of a benchmark into a new folder, and return that."""
    for path in documents:
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(benchmark.corpus / path, file)
    return target

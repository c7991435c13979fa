"""Which sentence splitter: the traps of real prose, and speed, for those of them that are installed.

    pip install pysbd sentencex syntok blingfire
    python benchmarks/sentence_splitters.py ../shared/benchmarks/chunking

A trap is right when exactly the expected sentences come out. Speed is against the time that tokenising the same text takes,
in the same run.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

from citewell.encoder import encoding
from citewell.encoder.preparing import prepare

TRAPS = """
Dr. Smith met Mrs. Jones at 5 p.m. on Friday. | They spoke for an hour.
The U.S. economy grew by 3.5 per cent in 2023. | Growth slowed later.
J. R. R. Tolkien wrote the book. | It sold well.
See Fig. 3 and Eq. 2 for details. | The effect is clear.
Use tools, e.g. a hammer, i.e. something heavy. | Then stop.
Visit https://example.org/a.b?c=1.2 for more. | It is free.
He paused... and then went on. | Nobody moved.
“Is it true?” she asked. | “Yes.”
The values were 0.05, 1.2 and 3.14. | All were significant.
Smith et al. reported a rise (p < 0.001). | Others did not.
Prof. A. Miller and Dr. B. Chen agreed. | The talk ended.
He works at Acme Inc. in Boston. | She works elsewhere.
The meeting is at 10 a.m. | Bring a pen.
Wait! | Are you sure? | Yes.
She said "Stop. Go home." and left. | He stayed.
No. 5 is alive. | It is a film.
The company (Acme Ltd.) was sold. | It closed.
It costs $1.50 vs. $2.00 last year. | Prices rise.
In Jan. 2020 it began. | In Dec. 2021 it ended.
Version 2.0.1 was released. | It fixed bugs.
The St. Louis team won. | Mt. Everest is high.
Approx. 20 people came, etc. and so on. | Few stayed.
Email me at a.b@example.com. | I will reply.
Section 4.2.1 applies. | See also Sec. 5.
This is the end of it . . . or is it? | Yes, it is.
Patients were treated with E. coli strain K12. | They recovered.
Mr. President, we thank you. | Gen. Lee spoke next.
The temperature was −3.5 °C. | Snow fell.
Net income rose to $3.2 million (Note 7). | See page 12.
She holds a Ph.D. from M.I.T. and teaches. | He does not.
The file is called setup.py and it runs. | Open it.
I live in the U.K. and he lives in the U.S. | We often meet.
It happened on p. 45 of vol. 3. | Read it.
The deal closed in the U.S. | The price was high.
""".strip().splitlines()

Splitter = Callable[[str], Iterable[str]]


def load(name: str) -> Splitter | None:
    """Return a splitter as a function from a text to its sentences, or None where it is not installed."""
    try:
        module = import_module("syntok.segmenter" if name == "syntok" else name)
    except ImportError:
        return None
    splitters: dict[str, Splitter] = {
        "nupunkt": lambda text: (text[start:end] for start, end in module.sent_spans(text)),
        "sentencex": lambda text: module.segment("en", text),
        "pysbd": lambda text: module.Segmenter(language="en", clean=False).segment(text),
        "blingfire": lambda text: module.text_to_sentences(text).split("\n"),
        "syntok": lambda text: (
            text[sentence[0].offset : sentence[-1].offset + len(sentence[-1].value)]
            for paragraph in module.analyze(text)
            for sentence in map(list, paragraph)
        ),
    }
    return splitters[name]


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
    table = Table("splitter", "traps right", "time / tokenising")
    for name in ("nupunkt", "sentencex", "blingfire", "pysbd", "syntok"):
        splitter = load(name)
        if splitter is None:
            table.add_row(name, "not installed", "")
            continue
        expected = [[part.strip() for part in trap.split("|")] for trap in TRAPS]
        right = sum([part.strip() for part in splitter(" ".join(parts))] == parts for parts in expected)
        began = time.perf_counter()
        for line in lines:
            list(splitter(line))
        table.add_row(name, f"{right} of {len(TRAPS)}", f"{(time.perf_counter() - began) / tokenising:.3f}")
    Console().print(table)


if __name__ == "__main__":
    main()

"""The questions of ``shared/benchmarks/chunking`` asked of its texts laid out as other formats.

    python benchmarks/layouts.py ../shared/benchmarks/chunking text html docx odt rtf epub pdf

LibreOffice lays the texts out (``soffice``; HTML is written here). A right answer of the text is looked up in what is read of
the laid-out file, by its letters and digits. One that is not found there counts as missed, and is counted.
"""

from __future__ import annotations

import argparse
import html
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import regex

from chunking import read_chunking
from citewell.errors import CitewellError
from citewell.evaluation.questions.sets import Question, Quotation, write_questions
from citewell.index.folder import IndexFolder

_LAYOUTS = ("text", "html", "docx", "odt", "rtf", "epub", "pdf")
_BLANK = regex.compile(r"\n[ \t]*\n\s*")
_HEADING = regex.compile(r"(#{1,6})[ \t]+(.+)")
# A wide page, because lines of tables in the texts are long.
_STYLE = "<style>@page { size: 210mm 297mm; margin: 20mm } p { text-align: justify }</style>"


def laid_out(text: str) -> str:
    """Return a text as HTML: its headings, paragraphs and lines."""
    parts = [f"<!DOCTYPE html><html><head><meta charset='utf-8'>{_STYLE}</head><body>"]
    for block in _BLANK.split(text):
        heading = _HEADING.fullmatch(block.strip())
        if heading:
            parts.append(f"<h{len(heading[1])}>{html.escape(heading[2])}</h{len(heading[1])}>")
        elif block.strip():
            parts.append("<p>" + "<br>".join(html.escape(line) for line in block.strip().split("\n")) + "</p>")
    return "\n".join([*parts, "</body></html>"])


def write_layout(texts: Path, layout: str, corpus: Path) -> None:
    """Write the texts of a folder in a format."""
    for file in sorted(texts.glob("*.md")):
        text = file.read_text(encoding="utf-8")
        if layout == "text":
            (corpus / f"{file.stem}.txt").write_text(text, encoding="utf-8")
            continue
        page = corpus / f"{file.stem}.html"
        page.write_text(laid_out(text), encoding="utf-8")
        if layout == "html":
            continue
        command = ["soffice", "--headless", "--infilter=HTML (StarWriter)", "--convert-to", layout]
        subprocess.run([*command, "--outdir", str(corpus), str(page)], check=True, capture_output=True)
        page.unlink()


class Found:
    """A text that quotations are looked up in by their letters and digits alone."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._places = [at for at, sign in enumerate(text) if sign.isalnum()]
        self._letters = "".join(text[at] for at in self._places)

    def quotation(self, document: str, quote: str, near: float) -> Quotation | None:
        """Return a quotation in the words of this text: of several, the one nearest to a share of the text."""
        letters = "".join(filter(str.isalnum, quote))
        starts = [match.start() for match in regex.finditer(regex.escape(letters), self._letters, overlapped=True)]
        if not letters or not starts:
            return None
        at = min(starts, key=lambda start: abs(start / len(self._letters) - near))
        start, end = self._places[at], self._places[at + len(letters) - 1] + 1
        return Quotation(document=document, quote=self.text[start:end], start=start)


def moved(questions: list[Question], index: Path, texts: Path) -> Iterator[Question]:
    """Yield the questions whose answers are found in an index, in its words."""
    catalogue = IndexFolder(index).open().catalogue
    homes = {Path(each.path).stem: each.path for each in catalogue.documents()}
    found = {path: Found(catalogue.document(path).text) for path in homes.values()}
    sizes = {file.stem: len(file.read_text(encoding="utf-8")) for file in texts.glob("*.md")}
    for question in questions:
        answers = []
        for each in question.answers:
            stem = Path(each.document).stem
            path = homes.get(stem)
            quotation = found[path].quotation(path, each.quote, (each.start or 0) / sizes[stem]) if path else None
            answers += [quotation] if quotation else []
        if answers:
            yield question.model_copy(update={"answers": tuple(answers)})


def citewell(*arguments: str) -> str:
    """Run this environment's ``citewell`` and return what it prints."""
    command = [sys.executable, "-m", "citewell.cli", *arguments]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, encoding="utf-8")
    if done.returncode:
        raise CitewellError(f"{arguments[0]} failed")
    return done.stdout


def main() -> None:
    """Lay the texts out, index them, ask, and print a line for each format."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder with questions.csv and the texts")
    parser.add_argument("layouts", nargs="+", choices=_LAYOUTS)
    parser.add_argument("--keep", type=Path, help="keep the laid-out texts and the index here")
    arguments = parser.parse_args()
    questions = list(read_chunking(arguments.folder))
    with tempfile.TemporaryDirectory() as temporary:
        for layout in arguments.layouts:
            place = (arguments.keep or Path(temporary)) / layout
            # One index for all, because it keeps the vectors of texts that two formats have alike.
            corpus, index = place / "corpus", place.parent / "index"
            if not corpus.is_dir():
                corpus.mkdir(parents=True)
                write_layout(arguments.folder, layout, corpus)
            citewell("index", "--corpus", str(corpus), "--index", str(index), "--json")
            here = list(moved(questions, index, arguments.folder))
            write_questions(here, place / "questions.jsonl")
            run = json.loads(citewell("evaluate", str(place / "questions.jsonl"), "--index", str(index), "--json"))
            hits = run["measures"]["hit@5"]["mean"] * len(here)
            print(f"{layout}: hit@5 {hits / len(questions):.4f}, {len(questions) - len(here)} without their answer")


if __name__ == "__main__":
    main()

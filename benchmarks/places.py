"""Whether a fact in a sheet, a message or a slide is found, and cited with the place where a person would look it up.

    python benchmarks/places.py
    python benchmarks/places.py --among ../shared/benchmarks/chunking --keep folder

The files are written first: spreadsheets, CSV, JSON Lines, messages, a mailbox and slides of a small college, with facts that
are alike (``places/*.yaml``). hit@3: one of the first three passages shows the answer, in the right row, message or slide of
the right document. place: of these hits, the first is cited with that row, message or slide.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from rich.console import Console
from rich.table import Table

from citewell import Answer, Assistant, FoundPassage, IndexFolder, Settings, Span, build
from citewell.document import Located, Location
from places_files import Asked, write_corpus

_FIRST = 3
_HIT_GOAL, _PLACE_GOAL = 0.95, 0.98


def outcome(asked: Asked, answer: Answer, right: tuple[str, Sequence[Span]] | None) -> tuple[bool, bool]:
    """Return whether the answer has the fact among its first passages, and whether the first of these is cited with its place.

    Args:
        asked: The question.
        answer: Its answer.
        right: The text of the right document and the parts of it that are at the right place; None if it was not read.
    """
    hits = [passage for passage in answer.passages[:_FIRST] if right and shows(asked, passage, *right)]
    return bool(hits), any(placed(asked, passage) for passage in hits[:1])


def right_parts(text: str, located: Sequence[Located], asked: Asked) -> list[Span]:
    """Return the parts of the right document that are at the right place."""
    starts = [*located, Located(len(text), Location("", ""))]
    return [
        Span(one.start, other.start)
        for one, other in pairwise(starts)
        if (one.location.kind, one.location.label) == asked.place
    ]


def shows(asked: Asked, passage: FoundPassage, text: str, parts: Sequence[Span]) -> bool:
    """Return whether a passage shows the answer where it stands."""
    if passage.document != asked.document:
        return False
    shared = (Span(max(part.start, passage.start), min(part.end, passage.end)) for part in parts)
    return any(asked.shows in part.of(text) for part in shared if part.start < part.end)


def placed(asked: Asked, passage: FoundPassage) -> bool:
    """Return whether a passage is cited with the right place."""
    return passage.place is not None and (passage.place.kind, passage.place.label) == asked.place


def measure(folder: Path, among: Path | None, console: Console) -> None:
    """Write the files into a folder, index them among others, and print the measures by kind."""
    asked = write_corpus(folder / "corpus")
    for file in among.glob("*.md") if among else ():
        shutil.copy(file, folder / "corpus")
    index = IndexFolder(folder / "index")
    report = build(folder / "corpus", index, Settings())
    for skipped in report.skipped:
        console.print(f"not read: {skipped.path}: {skipped.reason}")
    assistant, catalogue = Assistant(index), index.open().catalogue
    known = {each.path for each in catalogue.documents()}
    counts: Counter[tuple[str, str]] = Counter()
    for each in asked:
        right = None
        if each.document in known:
            text = catalogue.document(each.document).text
            right = (text, right_parts(text, catalogue.maps.locations(each.document), each))
        is_hit, is_placed = outcome(each, assistant.ask(each.question), right)
        found = ["asked", *(["hit"] if is_hit else []), *(["place"] if is_placed else [])]
        counts.update((kind, what) for kind in (each.kind, "all") for what in found)
        if not (is_hit and is_placed):
            console.print(f"{'place' if is_hit else 'miss '}  {each.question}  {each.document}  {' '.join(each.place)}")
    table = Table(title=f"{len(asked)} questions; goals: hit@3 {_HIT_GOAL}, place {_PLACE_GOAL}")
    for name in ("kind", "questions", "hit@3", "place, of hits"):
        table.add_column(name, justify="left" if name == "kind" else "right")
    for kind in ("row", "mail", "slide", "all"):
        total, hits, places = (counts[kind, what] for what in ("asked", "hit", "place"))
        table.add_row(kind, str(total), f"{hits / total:.3f}", f"{places / max(1, hits):.3f}")
    console.print(table)


def main() -> None:
    """Measure in a folder that is kept, or in a temporary one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, help="a new folder for the corpus and the index; else they are temporary")
    parser.add_argument("--among", type=Path, help="a folder with other texts (.md), which are indexed as well")
    arguments = parser.parse_args()
    console = Console(width=160)
    if arguments.keep:
        measure(arguments.keep, arguments.among, console)
        return
    with tempfile.TemporaryDirectory() as temporary:
        measure(Path(temporary), arguments.among, console)


if __name__ == "__main__":
    main()

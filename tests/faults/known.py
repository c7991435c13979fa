"""A corpus of which every sentence is known, and what is wrong with what is said of it.

Documents are longer than a page of SQLite, unless they are short ones, so that a text lies on pages of its own, and have long
sentences, so that they make few windows.
"""

from __future__ import annotations

import hashlib
import html
import json
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SUBJECTS = ("otters", "bridges", "glaciers", "violins", "lanterns", "harbours", "orchards", "comets")
_PLACES = ("northern valley", "old harbour", "narrow canyon", "quiet village", "western plateau", "walled garden")
_PEOPLE = ("keepers", "builders", "travellers", "musicians", "farmers", "pilots", "weavers", "painters")
_DOINGS = ("gather", "repair", "measure", "admire", "describe", "follow", "remember", "compare", "protect", "draw")
_THINGS = (
    "silver ropes",
    "wooden wheels",
    "blue maps",
    "warm blankets",
    "letters 🦦 from home",
    "stone tables",
    "früh apples",
)
_SECTIONS = ("Origins", "Daily work", "Repairs")
# Of a section: enough to make a text longer than a page of SQLite, and as few as make the shortest builds.
LONG, SHORT = 7, 2
_CLAUSES = 4


@dataclass(slots=True)
class KnownDocument:
    """A document: its bytes, and where its sections and sentences are, in code points."""

    path: str
    title: str
    text: str
    sections: list[tuple[tuple[str, ...], int, int]] = field(default_factory=list)
    starts: set[int] = field(default_factory=set)
    ends: set[int] = field(default_factory=set)

    @property
    def digest(self) -> str:
        """The SHA-256 of the file."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()


Known = Mapping[str, KnownDocument]


def document(subject: str, version: int, sentences: int = LONG) -> KnownDocument:
    """Make a document about a subject; each version has other words. Every other subject is Markdown, every fourth has CRLF."""
    nth = SUBJECTS.index(subject)
    draw = random.Random(f"{subject} {version}")
    markdown, line_end = nth % 2 == 0, "\r\n" if nth % 4 == 3 else "\n"
    title = f"The book of {subject}"
    made = KnownDocument(f"{'tales/' if nth % 3 == 0 else ''}{subject}.{'md' if markdown else 'txt'}", title, "")
    parts = [("# " if markdown else "") + title + line_end * 2]
    at = len(parts[0])
    for heading in _SECTIONS:
        line = f"{'## ' if markdown else ''}{heading} of {subject}{line_end * 2}"
        parts.append(line)
        at += len(line)
        begin = at
        for number in range(sentences):
            sentence = _sentence(draw, subject, heading, version, number)
            made.starts.add(at)
            made.ends.add(at + len(sentence))
            last = number == sentences - 1
            parts.append(sentence + (line_end * 2 if last else " "))
            at += len(parts[-1])
        made.sections.append(((f"{heading} of {subject}",), begin, at))
    made.text = "".join(parts)
    return made


def _sentence(draw: random.Random, subject: str, heading: str, version: int, number: int) -> str:
    clauses = [
        f"the {draw.choice(_PEOPLE)} of the {draw.choice(_PLACES)} {draw.choice(_DOINGS)} {draw.choice(_THINGS)}"
        for _ in range(_CLAUSES)
    ]
    return f"In year {version} of {subject} and in part {number} of {heading.lower()}, {' while '.join(clauses)}."


def corpus(versions: Mapping[str, int], sentences: int = LONG) -> dict[str, KnownDocument]:
    """Make a corpus: a document a subject that has a version."""
    made = (document(subject, version, sentences) for subject, version in versions.items())
    return {each.path: each for each in made}


def write(known: Known, folder: Path) -> None:
    """Have a folder hold a corpus and nothing else."""
    for file in [file for file in folder.rglob("*") if file.is_file()]:
        if file.relative_to(folder).as_posix() not in known:
            file.unlink()
    for each in known.values():
        file = folder / each.path
        content = each.text.encode("utf-8")
        if not file.is_file() or file.read_bytes() != content:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)


def question(subject: str, heading: str = _SECTIONS[0]) -> str:
    """Return a question about a subject."""
    return f"What happened in the {heading.lower()} of {subject}?"


def answer_faults(answer: Mapping[str, Any], known: Known) -> Iterator[str]:
    """Yield what is wrong with an answer's quotations, as ``citewell ask --json`` and ``POST /api/ask`` give them."""
    if not answer["passages"]:
        yield "the answer quotes nothing"
    for passage in answer["passages"]:
        yield from passage_faults(passage, known)


def passage_faults(passage: Mapping[str, Any], known: Known) -> Iterator[str]:
    """Yield what is wrong with one quotation: its document, title, section, place, words, and what is marked."""
    start, end = passage["start"], passage["end"]
    where = f"{passage['document']!r} {start}-{end}"
    of = known.get(passage["document"])
    if of is None:
        yield f"{where}: there is no such document"
        return
    if passage["title"] != of.title:
        yield f"{where}: the title is {passage['title']!r}"
    if passage["text"] != of.text[start:end]:
        yield f"{where}: the file says {of.text[start:end][:60]!r}, the quotation {passage['text'][:60]!r}"
    if start not in of.starts or end not in of.ends or start >= end:
        yield f"{where}: this is not where sentences begin and end"
    section = next((path for path, first, last in of.sections if first <= start and end <= last), None)
    if section is None or tuple(passage["section"]) != section:
        yield f"{where}: the section is {section}, the quotation says {passage['section']}"
    yield from (f"{where}: {fault}" for fault in _mark_faults(passage, of, known))


def _mark_faults(passage: Mapping[str, Any], of: KnownDocument, known: Known) -> Iterator[str]:
    start, end = passage["start"], passage["end"]
    if not passage["highlights"]:
        yield "nothing is marked"
    for mark in passage["highlights"]:
        if not (start <= mark["start"] < mark["end"] <= end and mark["start"] in of.starts and mark["end"] in of.ends):
            yield f"{mark} is marked, which is no sentence of it"
    for place in passage.get("repeated", ()):
        other = known.get(place["document"])
        if other is None or place["start"] not in other.starts or place["end"] not in other.ends:
            yield f"it does not stand again at {place}"


def document_faults(shown: Mapping[str, Any], known: Known) -> Iterator[str]:
    """Yield what is wrong with a whole document, as ``GET /api/documents/PATH`` gives it."""
    of = known.get(shown["path"])
    if of is None:
        yield f"{shown['path']!r}: there is no such document"
        return
    for name, is_so in (("title", of.title), ("text", of.text), ("digest", of.digest)):
        if shown[name] != is_so:
            yield f"{of.path}: the {name} is not that of the file: {str(shown[name])[:60]!r}"
    headings = [path[-1] for path, *_ in of.sections]
    said = [(each["path"][-1], of.text[each["start"] : each["end"]]) for each in shown["headings"]]
    if [name for name, _ in said if name != of.title] != headings or any(name not in words for name, words in said):
        yield f"{of.path}: the headings are {said}"


def places_faults(found: Mapping[str, Any], word: str, known: Known) -> Iterator[str]:
    """Yield what is wrong with all places of a word, as ``GET /api/find`` gives them: each, and how many there are."""
    there = sum(len(re.findall(rf"\b{re.escape(word)}\b", each.text, re.IGNORECASE)) for each in known.values())
    if found["total"] != there:
        yield f"{found['total']} places of {word!r} are found, and there are {there}"
    for place in found["places"]:
        of = known.get(place["document"])
        if of is None or of.title != place["title"]:
            yield f"{place['document']!r}: there is no such document with the title {place['title']!r}"
        elif of.text[place["start"] : place["end"]].casefold() != word.casefold():
            yield f"{of.path} has {word!r} not at {place['start']}"
        elif not of.text.startswith(place["text"], place["text_start"]):
            yield f"{of.path}: the file does not say {place['text'][:60]!r}"


def list_faults(listed: Mapping[str, Any], known: Known) -> Iterator[str]:
    """Yield what is wrong with a list of documents, as ``GET /api/documents`` gives it."""
    said = {(each["path"], each["title"], each["digest"]) for each in listed["documents"]}
    are = {(each.path, each.title, each.digest) for each in known.values()}
    for wrong in sorted(said ^ are):
        yield f"the list of documents {'holds' if wrong in said else 'lacks'} {wrong}"


_CARD = re.compile(r'<article class="cw-card"(.*?)>(.*?)</article>', re.DOTALL)
_QUOTE = re.compile(r"<blockquote[^>]*>(.*?)</blockquote>", re.DOTALL)
_MARK = re.compile(r"<mark>(.*?)</mark>", re.DOTALL)


def page_faults(shown: str, known: Known) -> Iterator[str]:
    """Yield what is wrong with the quotations of an answer on the page."""
    cards = _CARD.findall(shown)
    if not cards:
        yield f"the page shows no quotation: {shown[:80]!r}"
    for data, inner in cards:
        passage = _of_card(data, inner)
        yield from passage_faults(passage, known)
        of = known.get(passage["document"])
        marks = [_text(words) for words in _MARK.findall(_inner(_QUOTE, inner))]
        places = [of.text[mark["start"] : mark["end"]] for mark in passage["highlights"]] if of else []
        if marks != places:
            yield f"{passage['document']}: the page marks {marks}"
        if html.escape(passage["title"]) not in inner:
            yield f"{passage['document']}: the page does not show the title"


def _of_card(data: str, inner: str) -> dict[str, Any]:
    values = {name: html.unescape(value) for name, value in re.findall(r'data-(\w+)="([^"]*)"', data)}
    marks = [each.split("-") for each in values["marks"].split(",")]
    return {
        "document": values["path"],
        "title": values["title"],
        "section": json.loads(values["section"]),
        "start": int(values["start"]),
        "end": int(values["end"]),
        "text": _text(_inner(_QUOTE, inner)),
        "highlights": [{"start": int(start), "end": int(end)} for start, end in marks],
    }


def _text(inner: str) -> str:
    """Return the text of elements, with what is folded; what a quotation says is escaped in them."""
    return html.unescape(re.sub(r"<[^>]*>", "", inner))


def _inner(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""

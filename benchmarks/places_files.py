"""The files of the benchmark of places, written from what ``places/*.yaml`` says, and its questions with what is right."""

from __future__ import annotations

import csv
import io
import json
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import yaml

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.support.spreadsheets import ods, ods_row, sheet_xml, xlsx

_DATA = Path(__file__).parent / "places"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_SLIDES = "http://schemas.openxmlformats.org/presentationml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SPACES = f'xmlns:a="{_DRAWING}" xmlns:p="{_SLIDES}" xmlns:r="{_OFFICE}"'


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and what is right: the document, the kind and the label of the place, and words that the answer shows."""

    question: str
    kind: str
    document: str
    place: tuple[str, str]
    shows: str


def write_corpus(folder: Path) -> list[Asked]:
    """Write the files into a folder, and return the questions."""
    folder.mkdir(parents=True, exist_ok=True)
    return [*_sheets(folder), *_mails(folder), *_slides(folder)]


def _data(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((_DATA / f"{name}.yaml").read_text(encoding="utf-8"))
    return found


def _sheets(folder: Path) -> Iterator[Asked]:
    for file in _data("sheets"):
        name = file["file"]
        if "records" in file:
            lines = "\n".join(json.dumps(record) for record in file["records"])
            (folder / name).write_text(f"{lines}\n", encoding="utf-8")
            for question, number, shows in file["questions"]:
                yield Asked(question, "row", name, ("record", number), shows)
            continue
        sheets = {sheet: [[_cell(cell) for cell in row] for row in rows] for sheet, rows in file["sheets"].items()}
        (folder / name).write_bytes(_table(name, sheets, file.get("sign", ",")))
        for question, sheet, number, shows in file["questions"]:
            yield Asked(question, "row", name, ("row", f"{sheet}, row {number}".removeprefix(", ")), shows)


def _cell(value: object) -> str | float:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, int | float) else str(value)


def _table(name: str, sheets: dict[str, list[list[str | float]]], sign: str) -> bytes:
    """Return a file of its format, with the sheets."""
    if name.endswith(".xlsx"):
        return xlsx({sheet: sheet_xml(rows) for sheet, rows in sheets.items()})
    [(sheet, rows)] = sheets.items()
    if name.endswith(".ods"):
        return ods("".join(ods_row(*map(str, row)) for row in rows), sheet)
    out = io.StringIO()
    csv.writer(out, delimiter=sign).writerows(rows)
    return out.getvalue().encode()


def _mails(folder: Path) -> Iterator[Asked]:
    for mail in _data("mails"):
        name, message = mail["file"], _message(mail)
        if name.endswith(".mbox"):
            with (folder / name).open("ab") as stream:
                date = parsedate_to_datetime(mail["date"]).strftime("%a %b %d %H:%M:%S %Y")
                stream.write(f"From stored@college.example {date}\n".encode() + bytes(message) + b"\n")
        else:
            (folder / name).write_bytes(bytes(message))
        day = parsedate_to_datetime(mail["date"]).date().isoformat()
        for question, shows in mail["questions"]:
            yield Asked(question, "mail", name, ("message", f"{mail['subject']}, {day}"), shows)
        attached = mail.get("attachment", {"questions": []})
        for question, shows, place in attached["questions"]:
            yield Asked(question, "mail", f"{name}/{attached['name']}", ("row", place), shows)


def _message(mail: dict[str, Any]) -> EmailMessage:
    message = EmailMessage()
    for header in ("from", "to", "date", "subject"):
        message[header.capitalize()] = mail[header]
    message["Message-ID"] = f"<{len(mail['subject'])}@college.example>"
    if "html" in mail:
        message.set_content(mail["html"], subtype="html")
    else:
        message.set_content(mail["body"])
    if "attachment" in mail:
        attached = mail["attachment"]
        message.add_attachment(attached["text"].encode(), maintype="text", subtype="csv", filename=attached["name"])
    return message


def _slides(folder: Path) -> Iterator[Asked]:
    for deck in _data("slides"):
        (folder / deck["file"]).write_bytes(_presentation(deck["slides"]))
        for number, slide in enumerate(deck["slides"], 1):
            for question, shows in slide.get("questions", []):
                yield Asked(question, "slide", deck["file"], ("slide", str(number)), shows)


def _presentation(slides: list[dict[str, Any]]) -> bytes:
    """Return a file of PowerPoint: a title and a list on each slide, and its notes."""
    parts = {"_rels/.rels": _relations([("officeDocument", "ppt/presentation.xml")])}
    overrides = {"/ppt/presentation.xml": "presentation.main"}
    listed = "".join(f'<p:sldId id="{255 + number}" r:id="r{number}"/>' for number in range(1, len(slides) + 1))
    parts["ppt/presentation.xml"] = f"<p:presentation {_SPACES}><p:sldIdLst>{listed}</p:sldIdLst></p:presentation>"
    names = [f"slides/slide{number}.xml" for number in range(1, len(slides) + 1)]
    parts["ppt/_rels/presentation.xml.rels"] = _relations([("slide", name) for name in names])
    for number, slide in enumerate(slides, 1):
        shapes = _shape("title", [slide["title"]]) + _shape("body", slide["points"])
        parts[f"ppt/{names[number - 1]}"] = f"<p:sld {_SPACES}>{_tree(shapes)}</p:sld>"
        overrides[f"/ppt/{names[number - 1]}"] = "slide"
        if "notes" in slide:
            notes = f"notesSlides/notesSlide{number}.xml"
            parts[f"ppt/{notes}"] = f"<p:notes {_SPACES}>{_tree(_shape('body', [slide['notes']]))}</p:notes>"
            parts[f"ppt/slides/_rels/slide{number}.xml.rels"] = _relations([("notesSlide", f"../{notes}")])
            overrides[f"/ppt/{notes}"] = "notesSlide"
    kind = "application/vnd.openxmlformats-officedocument.presentationml"
    types = "".join(f'<Override PartName="{part}" ContentType="{kind}.{of}+xml"/>' for part, of in overrides.items())
    parts["[Content_Types].xml"] = (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>{types}</Types>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _tree(shapes: str) -> str:
    return f"<p:cSld><p:spTree>{shapes}</p:spTree></p:cSld>"


def _shape(kind: str, paragraphs: list[str]) -> str:
    text = "".join(f"<a:p><a:r><a:t>{escape(words)}</a:t></a:r></a:p>" for words in paragraphs)
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="1" name="{kind}"/><p:cNvSpPr/><p:nvPr><p:ph type="{kind}"/></p:nvPr></p:nvSpPr>'
        f"<p:spPr/><p:txBody><a:bodyPr/>{text}</p:txBody></p:sp>"
    )


def _relations(targets: list[tuple[str, str]]) -> str:
    found = (
        f'<Relationship Id="r{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(found)}</Relationships>'

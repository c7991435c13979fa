"""Word files for tests, made of the XML of their parts."""

from __future__ import annotations

from collections.abc import Mapping

from tests.support.archives import zipped

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="{_R}" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
)
_ROOTS = {
    "styles": "styles",
    "numbering": "numbering",
    "footnotes": "footnotes",
    "endnotes": "endnotes",
    "comments": "comments",
}
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def paragraph(text: str, properties: str = "", run: str = "") -> str:
    """Return a paragraph of one run, with its properties and those of the run."""
    return (
        f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>"
    )


def style(name: str, base: str = "", properties: str = "", shown: str = "") -> str:
    """Return a style of paragraphs."""
    based = f'<w:basedOn w:val="{base}"/>' if base else ""
    inside = f'<w:name w:val="{shown or name}"/>{based}<w:pPr>{properties}</w:pPr>'
    return f'<w:style w:type="paragraph" w:styleId="{name}">{inside}</w:style>'


def table(*rows: list[str], properties: str = "") -> str:
    """Return a table of rows of cells, each the XML of its paragraphs, or a text."""
    cells = ["".join(f"<w:tc>{_cell(cell)}</w:tc>" for cell in row) for row in rows]
    return f"<w:tbl>{properties}{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def _cell(content: str) -> str:
    return content if content.startswith("<") else paragraph(content)


def word_file(
    body: str, parts: Mapping[str, str] | None = None, *, core: str = "", main: str = "word/document.xml",
    files: Mapping[str, bytes] | None = None, relations: str = "",
) -> bytes:  # fmt: skip
    """Return a Word file.

    Args:
        body: The XML of its text.
        parts: The XML inside of other parts: styles, numbering, footnotes, endnotes, comments, header, footer.
        core: The XML inside of its properties.
        main: The name of the main part.
        files: Other parts by name.
        relations: More relations of the main part.
    """
    folder = main.rpartition("/")[0]
    made: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": _relations(
            f'<Relationship Id="m" Type="{_R}/officeDocument" Target="{main}"/>'
            f'<Relationship Id="c" Type="{_PACKAGE}/relationships/metadata/core-properties" Target="/docProps/core.xml"/>'
        ),
        main: f"<w:document {_NAMESPACES}><w:body>{body}</w:body></w:document>",
        "docProps/core.xml": (
            f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
            f'xmlns:dcterms="http://purl.org/dc/terms/">{core}</cp:coreProperties>'
        ),
        **(files or {}),
    }
    for name, content in (parts or {}).items():
        root = _ROOTS.get(name, {"header": "hdr", "footer": "ftr"}.get(name, name))
        made[f"{folder}/{name}.xml"] = f"<w:{root} {_NAMESPACES}>{content}</w:{root}>"
        relations += f'<Relationship Id="{name}" Type="{_R}/{name}" Target="{name}.xml"/>'
    made[f"{folder}/_rels/{main.rpartition('/')[2]}.rels"] = _relations(relations)
    return zipped(made)


def _relations(inside: str) -> str:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'

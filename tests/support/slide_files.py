"""PowerPoint files for tests, made of the XML of their slides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.support.archives import zipped

_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMESPACES = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    f'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="{_R}" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


def lines(*texts: str, properties: str = "") -> str:
    """Return paragraphs, each with the same properties."""
    return "".join(f"<a:p>{properties}<a:r><a:t>{text}</a:t></a:r></a:p>" for text in texts)


def shape(content: str, kind: str | None = None, more: str = "") -> str:
    """Return a shape with text: a placeholder of a kind, or a text box."""
    place = "" if kind is None else f'<p:ph type="{kind}"/>' if kind else '<p:ph idx="1"/>'
    properties = f"<p:nvSpPr><p:cNvPr id='2' {more}/><p:cNvSpPr/><p:nvPr>{place}</p:nvPr></p:nvSpPr>"
    return f"<p:sp>{properties}<p:txBody><a:bodyPr/>{content}</p:txBody></p:sp>"


def slide_file(
    slides: Sequence[str], *, beside: Mapping[int, Mapping[str, str]] | None = None,
    files: Mapping[str, str | bytes] | None = None, hidden: Sequence[int] = (),
) -> bytes:  # fmt: skip
    """Return a PowerPoint file.

    Args:
        slides: The XML of the shapes of each slide.
        beside: For slides by number from 1, the parts that they refer to, by kind.
        files: Other parts by name.
        hidden: The numbers of slides that are not shown.
    """
    made: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": _relations({"officeDocument": "ppt/presentation.xml"}),
        "ppt/presentation.xml": (
            f"<p:presentation {_NAMESPACES}><p:sldIdLst>"
            # The order of the list counts, not that of the names.
            + "".join(f'<p:sldId r:id="s{nth}"/>' for nth in range(len(slides)))
            + "</p:sldIdLst></p:presentation>"
        ),
        "ppt/_rels/presentation.xml.rels": _relations(
            {f"s{nth}": f"slides/slide{len(slides) - nth}.xml" for nth in range(len(slides))}
        ),
        **(files or {}),
    }
    for nth, content in enumerate(slides):
        name = f"slide{len(slides) - nth}.xml"
        show = ' show="0"' if nth + 1 in hidden else ""
        made[f"ppt/slides/{name}"] = (
            f"<p:sld {_NAMESPACES}{show}><p:cSld><p:spTree>{content}</p:spTree></p:cSld></p:sld>"
        )
        made[f"ppt/slides/_rels/{name}.rels"] = _relations((beside or {}).get(nth + 1, {}))
    return zipped(made)


def slide_part(name: str, content: str) -> str:
    """Return the XML of a part beside slides, such as notes."""
    return f"<p:{name} {_NAMESPACES}>{content}</p:{name}>"


def _relations(targets: Mapping[str, str]) -> str:
    """Return relations by kind, which is their id, too."""
    inside = "".join(
        f'<Relationship Id="{kind}" Type="{_R}/{kind}" Target="{target}"/>' for kind, target in targets.items()
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inside}</Relationships>'
    )

"""OpenDocument files for tests, made of the XML of their parts."""

from __future__ import annotations

from collections.abc import Mapping

from tests.support.archives import zipped

_START = "urn:oasis:names:tc:opendocument:xmlns"
_NAMESPACES = " ".join(
    f'xmlns:{prefix}="{_START}:{name}:1.0"'
    for prefix, name in {
        "office": "office", "text": "text", "table": "table", "draw": "drawing", "style": "style", "meta": "meta",
        "presentation": "presentation", "svg": "svg-compatible", "chart": "chart",
    }.items()
) + ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"'  # fmt: skip


def style(name: str, parent: str = "", properties: str = "", more: str = "", family: str = "paragraph") -> str:
    """Return a style with its properties as XML and as attributes."""
    start = f'<style:style style:name="{name}" style:family="{family}" style:parent-style-name="{parent}" {more}>'
    return f"{start}{properties}</style:style>"


def open_file(
    body: str, *, kind: str = "text", automatic: str = "", styles: str = "", meta: str = "",
    files: Mapping[str, str] | None = None,
) -> bytes:  # fmt: skip
    """Return an OpenDocument file.

    Args:
        body: The XML of its text, or of its slides.
        kind: "text" or "presentation".
        automatic: The styles that belong to the text itself.
        styles: The XML of the part of styles.
        meta: The XML of what it says about itself.
        files: Other parts by name.
    """
    start = f"<office:automatic-styles>{automatic}</office:automatic-styles>"
    content = f"{start}<office:body><office:{kind}>{body}</office:{kind}>"
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": open_part("document-content", f"{content}</office:body>"),
            "styles.xml": open_part("document-styles", styles),
            "meta.xml": open_part("document-meta", f"<office:meta>{meta}</office:meta>"),
            **(files or {}),
        },
        compression=0,
    )


def open_part(root: str, inside: str) -> str:
    """Return the XML of a part."""
    return f"<office:{root} {_NAMESPACES}>{inside}</office:{root}>"

"""What an interface says of a damaged index: refused, right, or wrong."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Callable, Iterator

from tests.faults import known
from tests.faults.outcome import mended_by
from tests.support.processes import Reply


def verdict_on(said: Reply, faults: Callable[[Reply], Iterator[str]]) -> str:
    """Return ``right``, ``refused`` (with what mends it), or what is wrong with a reply."""
    content = said.json()
    if said.status == 503:
        return (
            "refused"
            if isinstance(content, dict) and mended_by(content)
            else f"503 without a way out: {said.text[:200]}"
        )
    if said.status != 200:
        return f"{said.status}: {said.text[:200]}"
    if isinstance(content, str) and 'role="alert"' in content:
        return (
            "refused" if "<code>citewell index --corpus " in content else f"an alert without a way out: {content[:300]}"
        )
    if isinstance(content, dict) and "jsonrpc" in content:
        result = content.get("result") or {}
        if result.get("isError") or "error" in content:
            words = json.dumps(content)
            return "refused" if "fix: citewell index --corpus " in words else f"no way out: {words[:300]}"
    try:
        return next(faults(said), "right")
    except (KeyError, TypeError, ValueError, IndexError) as error:
        return f"not understood ({type(error).__name__} {error}): {said.text[:200]}"


def html_of(said: Reply) -> str:
    content = said.json()
    return content if isinstance(content, str) else ""


def structured(said: Reply) -> dict[str, object]:
    structured: dict[str, object] = said.json()["result"]["structuredContent"]
    return structured


def key_of(text: str) -> str:
    """Name a quotation as the page does."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def source_faults(shown: str, document: known.KnownDocument) -> Iterator[str]:
    """Yield what is wrong with a document that the page shows: its text has to be there, word for word."""
    body = shown.partition('<div class="cw-reader-text"')[2].partition(">")[2].removesuffix("</div></div>")
    text = html.unescape(re.sub(r"<[^>]*>", "", body))
    if text != document.text:
        at = next((at for at, (a, b) in enumerate(zip(text, document.text, strict=False)) if a != b), len(text))
        yield f"{document.path}: the source shows {text[at : at + 40]!r} at {at}"
    if html.escape(document.title) not in shown:
        yield f"{document.path}: the source does not show the title"

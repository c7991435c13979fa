"""Where the pieces that other tools make of a text stand in it, although they change spaces and signs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import compress

from citewell.answer import Place


class _Letters:
    """The letters and digits of a text, and where each stands."""

    def __init__(self, text: str) -> None:
        kept = list(map(str.isalnum, text))
        self.letters = "".join(compress(text, kept))
        self.places = list(compress(range(len(text)), kept))


def places(texts: Mapping[str, str], pieces: Iterable[tuple[str, str]]) -> Iterator[Place | None]:
    """Yield the place of each piece; None if its letters do not stand in its document as they are.

    Args:
        texts: The text of each document by its path.
        pieces: The document and the text of each piece, in the order of the document: of equal ones, the next counts.
    """
    known = {path: _Letters(text) for path, text in texts.items()}
    last = dict.fromkeys(texts, 0)
    for path, text in pieces:
        letters = "".join(filter(str.isalnum, text))
        found = known[path].letters.find(letters, last[path]) if letters else -1
        if found < 0 and letters:
            found = known[path].letters.find(letters)
        if found < 0:
            yield None
            continue
        # Pieces may overlap the one before, so the next may start soon after this one.
        last[path] = found + 1
        at = known[path].places
        yield Place(document=path, start=at[found], end=at[found + len(letters) - 1] + 1)

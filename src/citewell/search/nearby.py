"""Whether any document has two words near each other, by the concordance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from citewell.index.concordance import Concordance
from citewell.index.storage import Snapshot
from citewell.text.written import folded

# What inflection changes at the end of a word, and what it leaves.
_LONGEST_ENDING = 2
_SHORTEST_START = 3
# What stands above passages is among their words: those of a title that has both come first.
_LIKELY = 20


def are_near(words: Sequence[str], snapshot: Snapshot, *, within: int) -> bool:
    """Return whether documents, or their titles or paths, have two words near each other, in either order, with any ending.

    Args:
        words: The words.
        snapshot: The snapshot.
        within: How many words it is at most from one to the other, in a text.
    """
    starts = [_start(each) for each in words]
    if any(all(each in lines for each in starts) for lines in _likely_titles(words, snapshot)):
        return True
    concordance = snapshot.concordance
    return any(_are_near(starts, concordance, block, within) for block in concordance.blocks)


def _likely_titles(words: Sequence[str], snapshot: Snapshot) -> Iterator[str]:
    """Yield the path and title of the documents whose passages have the words most probably, folded."""
    likely = snapshot.best_passages(snapshot.weights(" ".join(words)), _LIKELY)[0].tolist()
    for passage in snapshot.catalogue.passages(likely):
        yield folded(f"{passage.document} {passage.title}")


def _start(word: str) -> str:
    """Return a word without its ending; a number has none."""
    length = max(_SHORTEST_START, len(word) - _LONGEST_ENDING) if word.isalpha() else len(word)
    return folded(word[:length])


def _are_near(starts: Sequence[str], concordance: Concordance, block: int, within: int) -> bool:
    some, others = (
        np.sort(concordance.places(block, each, is_prefix=each.isalpha())["number"].astype(np.int64)) for each in starts
    )
    near = others.searchsorted(some + within, side="right") > others.searchsorted(some - within)
    whole = concordance.block(block)
    # Those of documents that are no longer valid do not count.
    paragraphs = whole.paragraphs["first"].searchsorted(some[near], side="right") - 1
    return bool((whole.documents[paragraphs] >= 0).any())

"""The map of the corpus, as HTML: what the questions of a run found and missed."""

from __future__ import annotations

from markupsafe import Markup

from citewell.evaluation.charts import map_chart
from citewell.evaluation.mapping import boxes
from citewell.evaluation.misses import MISSED_BELOW
from citewell.web.quality.judge import CorpusMap
from citewell.web.quality.parts import drawn
from citewell.web.templates import count, render

# Nobody reads more than these.
_MOST_LISTED = 10
_SHORT = 90


def render_map(found: CorpusMap) -> Markup:
    """Render the map of a corpus, with its figures as text."""
    documents = found.documents
    regions = [region for document in documents for region in document.regions]
    missed = sorted((each for each in regions if each.tally.missed), key=lambda each: -each.tally.missed)
    never = [each for each in regions if not each.tally.found]
    characters = sum(each.characters for each in regions)
    share = sum(each.characters for each in never) / characters if characters else 0.0
    unfound = [each for each in documents if not each.tally.found]
    return render(
        "quality/map.html",
        below=MISSED_BELOW,
        boxes=drawn(map_chart(boxes(documents)), found.snapshot),
        words=f"{len(regions) - len(never):,} of {count(len(regions), 'section')} were found; {share:.0%} of the text "
        f"never was, and {len(unfound):,} of {count(len(documents), 'document')} not at all.",
        missed=missed,
        never=sorted(never, key=lambda each: -each.characters),
        most=_MOST_LISTED,
        short=_short,
        snapshot=found.snapshot,
    )


def _short(text: str) -> str:
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"

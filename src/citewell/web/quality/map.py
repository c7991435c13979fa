"""The map of the corpus, as HTML: what the questions of a run found and missed."""

from __future__ import annotations

from markupsafe import Markup

from citewell.evaluation.charts import map_chart
from citewell.evaluation.mapping import boxes
from citewell.evaluation.misses import MISSED_BELOW
from citewell.web.language.current import gettext, ngettext, percent
from citewell.web.quality.judge import CorpusMap
from citewell.web.quality.parts import drawn
from citewell.web.templates import render

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
        boxes=drawn(map_chart(boxes(documents, say=gettext), gettext), found.snapshot),
        words=[
            ngettext(
                "%(found)s of %(num)s section was found.",
                "%(found)s of %(num)s sections were found.",
                len(regions),
                found=len(regions) - len(never),
            ),
            gettext("%(share)s of the text was never found.", share=percent(share)),
            ngettext(
                "%(unfound)s of %(num)s document was not found at all.",
                "%(unfound)s of %(num)s documents were not found at all.",
                len(documents),
                unfound=len(unfound),
            ),
        ],
        missed=missed,
        never=sorted(never, key=lambda each: -each.characters),
        most=_MOST_LISTED,
        short=_short,
        snapshot=found.snapshot,
    )


def _short(text: str) -> str:
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"

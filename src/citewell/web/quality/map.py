"""The map of a corpus, as HTML: what questions found of it, and what they missed."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from citewell.evaluation.charts import map_chart
from citewell.evaluation.mapping import Region, boxes
from citewell.evaluation.misses import MISSED_BELOW
from citewell.web.quality.judge import CorpusMap
from citewell.web.quality.parts import chart, count

# More than these are read by nobody.
_MOST_LISTED = 10
_SHORT = 90


def render_map(found: CorpusMap) -> Markup:
    """Render the map of a corpus, with the same in words."""
    documents, snapshot = found.documents, found.snapshot
    regions = [region for document in documents for region in document.regions]
    missed = sorted((each for each in regions if each.tally.missed), key=lambda each: -each.tally.missed)
    never = [each for each in regions if not each.tally.found]
    characters = sum(each.characters for each in regions)
    share = sum(each.characters for each in never) / characters if characters else 0.0
    unfound = [each for each in documents if not each.tally.found]
    return Markup(
        "<p>Each box is a document or a section, the larger the longer. The greener it is, the more questions found it among "
        "their first {} passages; grey was never found; red has an answer that a question wanted and missed. "
        "A click opens it.</p>{}"
        "<p>{}</p>{}{}"
    ).format(
        MISSED_BELOW,
        chart(map_chart(boxes(documents)), snapshot),
        f"{len(regions) - len(never):,} of {count(len(regions), 'section')} were found; {share:.0%} of the text never was, "
        f"and {len(unfound):,} of {count(len(documents), 'document')} not at all.",
        _places("Wanted but missed", missed, snapshot),
        _places("Never found, the longest first", sorted(never, key=lambda each: -each.characters), snapshot),
    )


def _places(title: str, regions: Sequence[Region], snapshot: str) -> Markup:
    rows = [
        Markup(
            '<li><button type="button" class="cw-plain" dir="auto" data-region data-path="{}" data-start="{}" data-end="{}" '
            'data-snapshot="{}">{}</button> <span class="cw-soft">{}</span></li>'
        ).format(
            each.document,
            each.span.start,
            each.span.end,
            snapshot,
            _short(each.heading[-1] if each.heading else each.document),
            f"{each.document}, {each.characters:,} characters",
        )
        for each in regions[:_MOST_LISTED]
    ]
    if len(regions) > _MOST_LISTED:
        rows.append(Markup("<li>and {:,} more</li>").format(len(regions) - _MOST_LISTED))
    if not rows:
        return Markup("")
    return Markup('<section><h3>{}</h3><ul class="cw-changes">{}</ul></section>').format(title, Markup("").join(rows))


def _short(text: str) -> str:
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"

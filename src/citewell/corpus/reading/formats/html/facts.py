"""What the head of a page says about it: its title, and its meta elements as facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from citewell.corpus.reading.extract import RawBlock
from citewell.corpus.reading.properties import file_facts
from citewell.document import Fact

# Names of meta elements: HTML's own, those of Dublin Core, Open Graph and schema.org; of dates, the first that is there counts.
_NAMES = {
    "author": "author",
    "dc.creator": "author",
    "dcterms.creator": "author",
    "article:author": "author",
    "citation_author": "author",
    "description": "description",
    "dc.description": "description",
    "og:description": "description",
    "keywords": "tag",
    "dc.subject": "tag",
    "article:tag": "tag",
    "news_keywords": "tag",
    "dc.language": "language",
    "content-language": "language",
}
_DATES = (
    "article:modified_time",
    "dcterms.modified",
    "datemodified",
    "last-modified",
    "article:published_time",
    "dcterms.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date.issued",
    "dc.date.created",
    "dc.date",
    "datepublished",
    "citation_publication_date",
    "date",
)


class Head:
    """Collects what a page says about itself."""

    def __init__(self) -> None:
        self.language = ""
        self._title: list[str] | None = None
        self._found: list[tuple[str, str]] = []
        self._dates: dict[str, str] = {}

    @property
    def has_title(self) -> bool:
        """Whether a title was begun; a page has one."""
        return self._title is not None

    def begin_title(self) -> None:
        """Take what follows as the title."""
        self._title = []

    def add_title(self, text: str) -> None:
        """Take a part of the title."""
        if self._title is not None:
            self._title.append(text)

    def meta(self, attributes: Mapping[str, str]) -> None:
        """Take a meta element."""
        content = attributes.get("content", "")
        keys = (attributes.get(key, "").strip().lower() for key in ("name", "property", "itemprop", "http-equiv"))
        for name in filter(None, keys):
            if name in _NAMES:
                self._found.append((_NAMES[name], content))
            elif name in _DATES:
                self._dates.setdefault(name, content)

    def title(self, blocks: Sequence[RawBlock]) -> str | None:
        """Return the title of the page, or of its only heading of level 1 if that is the title without the name of the site."""
        title = " ".join("".join(self._title or ()).split())
        first = [
            " ".join("".join(block.pieces).split()) for block in blocks if block.kind == "heading" and block.level == 1
        ]
        if len(first) == 1 and first[0] and _is_part(first[0], title):
            return first[0]
        return title or None

    def facts(self) -> tuple[Fact, ...]:
        """Return what the page says about itself as facts."""
        dates = [("date", self._dates[name]) for name in _DATES if name in self._dates][:1]
        title = [("title", "".join(self._title or ()))]
        language = [("language", self.language)] if self.language else []
        seen = [each for each in self._found if each[0] != "language" or not self.language]
        return file_facts(title + dates + language + seen)


def _is_part(heading: str, title: str) -> bool:
    """Return whether a title is a heading with something else before or after it, such as "Prices | Miller"."""
    if title.startswith(heading):
        rest = title[len(heading) :]
    elif title.endswith(heading):
        rest = title[: -len(heading)][::-1]
    else:
        return False
    sign = rest.lstrip()[:1]
    return bool(rest) and not sign.isalnum() and (rest[0].isspace() or sign in ":|·»«")

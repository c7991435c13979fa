"""Web pages: HTML and XHTML, with their structure, without menus and what a browser hides.

``charsets`` makes text of the bytes, ``events`` parses it, ``walking`` collects blocks: ``elements`` says what each element
means, ``leaving_out`` which are no text, ``state`` and ``flow`` what is known on the way. ``pages`` is the door, also for the
chapters of books and the bodies of mails.
"""

from __future__ import annotations

from citewell.corpus.reading.extract import Extract, FormatReader, Source

_SUFFIXES = frozenset({".html", ".htm", ".xhtml", ".xht"})


def _read(source: Source) -> Extract:
    from citewell.corpus.reading.formats.html.charsets import decode_page
    from citewell.corpus.reading.formats.html.pages import read_markup

    decoded = decode_page(source.data)
    page = read_markup(decoded.text, is_page=True)
    return Extract(page.blocks, title=page.title, facts=page.facts, warnings=(*decoded.warnings, *page.warnings))


def _is_page(data: bytes) -> bool:
    from citewell.corpus.reading.formats.html.charsets import begins_as_page

    return begins_as_page(data)


READER = FormatReader("html", 2, _SUFFIXES, _read, _is_page)

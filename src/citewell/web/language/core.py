"""What the core says in English, in the language of the page.

The core has one language, which programs and the command line share. What it says to readers is recognised here by its form,
and said again; anything else, such as what only maintainers see, stays as it is.
"""

from __future__ import annotations

import re
from functools import cache

from citewell.web.language.catalogues import SOURCE
from citewell.web.language.current import gettext, language, noop

_FORMS = (
    # Where a person looks something up (`citewell.answer.Locator`).
    noop("%(place)s, read by OCR"),
    noop("page %(label)s"),
    noop("slide %(label)s"),
    noop("cell %(label)s"),
    noop("line %(label)s"),
    noop("record %(label)s"),
    noop("row %(label)s"),
    noop("%(sheet)s, row %(label)s"),
    # The stages of a build, and of a scan.
    noop("Preparing"),
    noop("Reading"),
    noop("Calibrating"),
    noop("Encoding"),
    # Rates (`citewell.web.auth.visitors.Rate`).
    noop("too many questions; try again in 1 second"),
    noop("too many questions; try again in %(seconds)s seconds"),
    noop("too many documents opened; try again in 1 second"),
    noop("too many documents opened; try again in %(seconds)s seconds"),
    noop("too many attempts; try again in 1 second"),
    noop("too many attempts; try again in %(seconds)s seconds"),
    # Replies (`citewell.search.greeting`).
    noop("Hello! Ask me anything about your documents. I answer with quotations from them, word for word."),
    noop("You are welcome. Feel free to ask more."),
    noop("Goodbye! Your documents will be here when you have another question."),
    noop("I am fine, thank you. What would you like to know from your documents?"),
    noop(
        "I am Citewell. I search your documents and show the passages that answer your question, word for word, "
        "each with its place in the source. I never make anything up. If the documents do not cover a question, I say so."
    ),
    # Pictures that are not shown (`citewell.index.originals.fault_of`).
    noop("has no valid address"),
    noop("is at another place, from which nothing is loaded"),
    noop("is of a kind that is not shown"),
)
_VALUE = re.compile(r"%\((\w+)\)s")


def said(message: str) -> str:
    """Return what the core says in the current language; unchanged if it is not known here.

    Args:
        message: What it says.
    """
    if language().tag == SOURCE or not message:
        return message
    for form, pattern in _patterns():
        if match := pattern.fullmatch(message):
            return gettext(form, **{name: said(value) for name, value in match.groupdict().items()})
    return message


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    return [(form, re.compile(_pattern(form), re.DOTALL)) for form in _FORMS]


def _pattern(form: str) -> str:
    parts = _VALUE.split(form)
    return "".join(
        f"(?P<{part}>.+?)" if nth % 2 else re.escape(part.replace("%%", "%")) for nth, part in enumerate(parts)
    )

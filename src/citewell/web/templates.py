"""Renders the templates of the page and of the sign-in form."""

from __future__ import annotations

from markupsafe import Markup

from citewell.rendering.templates import template_environment


def capital(words: str) -> str:
    """Return words with the first letter in upper case and the rest unchanged."""
    return words[:1].upper() + words[1:]


def sentence(words: str) -> str:
    """Return words as a sentence, with a capital and a full stop."""
    return f"{capital(words)}."


def count(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


_ENVIRONMENT = template_environment("citewell.web")
_ENVIRONMENT.filters |= {"capital": capital, "sentence": sentence, "counted": count}


def render(name: str, /, **values: object) -> Markup:
    """Render a template.

    Args:
        name: Its path below ``templates``.
        values: Its values; everything except `Markup` is escaped.
    """
    return Markup(_ENVIRONMENT.get_template(name).render(values))  # noqa: S704 - the template has escaped it

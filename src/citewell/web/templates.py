"""Renders the templates of the page and of the sign-in form, in the language of the current request."""

from __future__ import annotations

from markupsafe import Markup

from citewell.rendering.templates import template_environment
from citewell.web.language.core import said
from citewell.web.language.current import date, language, number, written


def capital(words: str) -> str:
    """Return words with the first letter in upper case and the rest unchanged."""
    return words[:1].upper() + words[1:]


def sentence(words: str) -> str:
    """Return words as a sentence, with a capital and a full stop."""
    return f"{capital(words)}."


def _gettext(message: str, /, **values: object) -> Markup:
    return Markup(language().text(message)) % written(values)  # noqa: S704 - the values are escaped


def _ngettext(singular: str, plural: str, num: int, /, **values: object) -> Markup:
    message = language().text_of(singular, plural, num)
    return Markup(message) % written({"num": num, **values})  # noqa: S704 - the values are escaped


_ENVIRONMENT = template_environment("citewell.web")
_ENVIRONMENT.filters |= {"capital": capital, "sentence": sentence}
_ENVIRONMENT.add_extension("jinja2.ext.i18n")
_ENVIRONMENT.policies["ext.i18n.trimmed"] = True
# With it, the values of a message are passed to the functions, which escape them.
_ENVIRONMENT.newstyle_gettext = True  # type: ignore[attr-defined]  # the extension adds it
# Functions, not filters: Jinja evaluates filters of constants when it compiles a template, which all languages share.
_ENVIRONMENT.globals |= {"_": _gettext, "gettext": _gettext, "ngettext": _ngettext}
_ENVIRONMENT.globals |= {"date": date, "number": number, "said": said}


def render(name: str, /, **values: object) -> Markup:
    """Render a template.

    Args:
        name: Its path below ``templates``.
        values: Its values; everything except `Markup` is escaped.
    """
    return Markup(_ENVIRONMENT.get_template(name).render(values))  # noqa: S704 - the template has escaped it

"""The templates of the page and of signing in."""

from __future__ import annotations

from markupsafe import Markup

from citewell.rendering.templates import template_environment

_ENVIRONMENT = template_environment("citewell.web")


def render(name: str, /, **values: object) -> Markup:
    """Render a template.

    Args:
        name: Its path below ``templates``.
        values: What it shows; what is not HTML already is escaped.
    """
    return Markup(_ENVIRONMENT.get_template(name).render(values))  # noqa: S704 - the template has escaped it

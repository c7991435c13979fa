"""Jinja2 templates, in which everything is escaped that is not HTML already."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from citewell.rendering.tokens import TOKENS_CSS


def template_environment(package: str) -> Environment:
    """Return the templates of a package, which lie in its folder ``templates``.

    All have ``tokens``, the sheet of what everything looks like. A name that a template has and nobody gave is a mistake,
    never an empty place.

    Args:
        package: The package, such as ``citewell.web``.
    """
    environment = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["tokens"] = Markup(TOKENS_CSS)  # noqa: S704 - a file of ours
    return environment

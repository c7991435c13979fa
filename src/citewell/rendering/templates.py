"""Jinja2 templates; everything except `Markup` is escaped."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from citewell.rendering.tokens import TOKENS_CSS


def template_environment(package: str) -> Environment:
    """Return the environment for the templates of a package, in its folder ``templates``.

    All templates have ``tokens``, the design tokens as CSS. An undefined name is an error.

    Args:
        package: The package, such as ``citewell.web``.
    """
    environment = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        # Else each use of a template asks the file system whether it has changed: fifty times for an answer.
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["tokens"] = Markup(TOKENS_CSS)  # noqa: S704 - a file of ours
    return environment

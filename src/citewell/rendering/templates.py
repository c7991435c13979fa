"""Jinja2 templates, in which everything is escaped that is not HTML already."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined


def template_environment(package: str) -> Environment:
    """Return the templates of a package, which lie in its folder ``templates``.

    A name that a template has and nobody gave is a mistake, never an empty place.

    Args:
        package: The package, such as ``citewell.web``.
    """
    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

"""Templates escape everything, and miss nothing."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from citewell.rendering.templates import template_environment

_PACKAGES = ("citewell.web", "citewell.evaluation")
_TEMPLATES = [
    (package, str(file.relative_to(folder)))
    for package in _PACKAGES
    for folder in [Path(str(files(package))) / "templates"]
    for file in sorted(folder.rglob("*.html"))
]


@pytest.mark.parametrize(("package", "name"), _TEMPLATES)
def test_a_template_can_be_read_and_trusts_nothing_by_itself(package: str, name: str) -> None:
    environment = template_environment(package)
    # Where there is more than one language, as on the page.
    environment.add_extension("jinja2.ext.i18n")
    environment.filters |= {"capital": str, "counted": str, "sentence": str}
    source = Path(str(files(package)), "templates", name).read_text(encoding="utf-8")
    assert environment.get_template(name)
    assert re.findall(r"\|\s*safe|autoescape", source) == []


def test_what_is_no_html_is_escaped_and_what_nobody_gave_is_a_mistake() -> None:
    template = template_environment("citewell.web").from_string("<p>{{ words }}</p>")
    assert template.render(words="<img>") == "<p>&lt;img&gt;</p>"
    assert template.render(words=Markup("<b>bold</b>")) == "<p><b>bold</b></p>"
    with pytest.raises(UndefinedError, match="words"):
        template.render()

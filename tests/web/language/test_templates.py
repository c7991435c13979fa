"""Every word of a template is a message of the catalogues."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import nodes

from citewell.rendering.templates import template_environment
from tests.support.sentences import SOURCES

FOLDER = SOURCES / "web" / "templates"
FILES = sorted(FOLDER.rglob("*.html"))
# Names, keys, and what is typed, in every language.
NAMES = {"Citewell", "Markdown", "BibTeX", "Esc", "K", "P", "T"}
# What scripts send is not shown.
VALUES = {"nothing here", "right passage"}
READ_ALOUD = re.compile(r'\b(?:aria-label|title|placeholder|alt|aria-valuetext|data-label)="([^"]*)"')
# Some macros write attributes alone.
ATTRIBUTE = re.compile(r'[\w-]+="[^"]*"')
TAG = re.compile(r"<[^<>]*>")
SIGN = re.compile(r"&\w+;")
WORD = re.compile(r"[^\W\d_]{2,}")
# Other texts in expressions are the names of classes and values.
PHRASE = re.compile(r"\b[A-Z][a-z]+|[a-z]{2,} [a-z]{2,}")
TRANSLATING = {"_", "gettext", "ngettext"}


@pytest.fixture(params=FILES, ids=lambda file: file.relative_to(FOLDER).as_posix())
def template(request: pytest.FixtureRequest) -> nodes.Template:
    environment = template_environment("citewell.web")
    environment.add_extension("jinja2.ext.i18n")
    return environment.parse(Path(request.param).read_text(encoding="utf-8"))


def test_every_text_of_a_template_is_a_message(template: nodes.Template) -> None:
    # A sign is no word.
    html = SIGN.sub("", "".join(written(template)))
    texts = [*READ_ALOUD.findall(html), *ATTRIBUTE.sub("", TAG.sub(" ", html)).splitlines()]
    assert {word for text in texts for word in WORD.findall(text)} - NAMES == set()
    assert {text for text in constants(template) if PHRASE.search(text)} - VALUES == set()


def written(node: nodes.Node) -> Iterator[str]:
    """Yield what a template writes, without the values of expressions."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.TemplateData):
            yield child.data
        else:
            yield from written(child)


def constants(node: nodes.Node) -> Iterator[str]:
    """Yield the texts in the expressions of a template that are no messages."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Call) and isinstance(child.node, nodes.Name) and child.node.name in TRANSLATING:
            yield from (text for value in child.kwargs for text in constants(value))
        elif isinstance(child, nodes.Const) and isinstance(child.value, str):
            yield child.value
        else:
            yield from constants(child)

"""Org: headlines without states and tags, blocks, drawers, tables."""

from __future__ import annotations

from citewell.corpus.reading.formats.org import READER
from tests.support.extracts import extract, real_file, shown


def test_keywords_are_the_title_and_facts() -> None:
    text = (
        "#+TITLE: The *Boat*\n#+AUTHOR: Jane Roe\n#+DATE: [2023-04-05 Wed]\n#+FILETAGS: :sea:oars:\n#+OPTIONS: toc:nil\n\n"
        "It leaks.\n"
    )
    found = extract(READER, text)
    assert found.title == "The Boat"
    assert [(fact.name, fact.value) for fact in found.facts] == [
        ("author", "Jane Roe"),
        ("date", "2023-04-05"),
        ("tag", "sea"),
        ("tag", "oars"),
    ]
    assert ("prose", "Jane Roe") in shown(found)
    assert not any("toc" in text for _, text in shown(found))


def test_a_headline_is_its_words() -> None:
    text = (
        "#+TODO: WAIT | GONE\n* WAIT [#A] Buy [[https://example.org][new]] /oars/  :home:shop:\n** TODO\n*** GONE Sell\n"
        "Text.\n"
    )
    assert shown(extract(READER, text)) == [("h1", "Buy new oars"), ("h2", "TODO"), ("h3", "Sell"), ("prose", "Text.")]


def test_drawers_and_comments_are_no_text_but_plans_are() -> None:
    text = (
        "* Boat\n  DEADLINE: <2024-01-01 Mon>\n  :PROPERTIES:\n  :ID: 1234\n  :END:\n# a comment\nText.\n"
        "#+begin_comment\nhidden\n#+end_comment\n"
    )
    assert shown(extract(READER, text)) == [
        ("h1", "Boat"),
        ("prose", "DEADLINE: <2024-01-01 Mon>"),
        ("prose", "Text."),
    ]


def test_a_drawer_without_an_end_loses_nothing() -> None:
    text = "* Boat\n:PROPERTIES:\n:ID: 1234\n\nText.\n* Oar\nMore.\n"
    assert ("prose", "Text.") in shown(extract(READER, text))
    assert ("prose", "More.") in shown(extract(READER, text))


def test_lists_tables_and_blocks() -> None:
    text = (
        "- One\n  goes on\n  1. Two\n- [ ] Three :: text\n| Name | Price |\n|------+-------|\n| Oil | 38 |\n"
        "#+begin_src sh\n* ls\n#+end_src\n#+begin_quote\nQuoted.\n#+end_quote\n: fixed\n"
    )
    found = extract(READER, text)
    assert shown(found) == [
        ("item", "One\n  goes on"),
        ("item", "Two"),
        ("item", "Three :: text"),
        ("verbatim", "| Name | Price |\n|------+-------|\n| Oil | 38 |"),
        ("verbatim", "* ls"),
        ("prose", "Quoted."),
        ("verbatim", ": fixed"),
    ]
    head = found.blocks[3].head
    assert head is not None
    assert head.of(text) == "| Name | Price |"


def test_a_file_of_another_project() -> None:
    found = shown(extract(READER, real_file("unstructured/README.org")))
    assert [text for kind, text in found if kind in ("h1", "h2")] == ["Example Docs", "XBRL 10-K"]
    assert sum(kind == "item" for kind, _ in found) == 3

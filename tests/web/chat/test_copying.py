"""Quotations, links and conversations that are copied or saved."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from markdown_it import MarkdownIt
from playwright.sync_api import Page, expect

from citewell import IndexFolder, Settings, build
from citewell.encoder.encoding import Encoder
from tests.support.environment import CORPUS
from tests.support.pages import ask, opened
from tests.support.servers import hosted

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("form", "wanted"),
    [
        (
            "Plain text",
            "“Another form of cooperation is joint curriculum development.” — International Cooperation: International "
            "Education Explained › Forms of International Cooperation in Education "
            "(international-education.txt, characters 3487–3547)",
        ),
        (
            "Markdown",
            "> Another form of cooperation is joint curriculum development.\n>\n> — International Cooperation: International "
            "Education Explained › Forms of International Cooperation in Education "
            "(international-education.txt, characters 3487–3547)\n",
        ),
        (
            "BibTeX",
            "@misc{international-education-txt-3487,\n  title = {International Cooperation: International Education "
            "Explained},\n  howpublished = {international-education.txt},\n  note = {International Cooperation: "
            "International Education Explained › Forms of International Cooperation in Education, characters 3487--3547},"
            "\n  abstract = {Another form of cooperation is joint curriculum development.}\n}\n",
        ),
    ],
)
def test_a_quotation_is_copied_with_its_citation(page: Page, chat_url: str, form: str, wanted: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(opened(page, chat_url), "joint curriculum development")
    first = page.locator("article").first
    first.get_by_text("Copy", exact=True).click()
    first.get_by_role("button", name=form).click()
    expect(first.get_by_role("status")).to_have_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == wanted
    text = (CORPUS / "international-education.txt").read_text(encoding="utf-8")
    assert text[3487:3547] == "Another form of cooperation is joint curriculum development."


@pytest.mark.long
def test_a_link_opens_the_same_answer(page: Page, chat_url: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(opened(page, chat_url), "What is joint curriculum development?")
    expect(page.locator("article").first).to_be_visible()
    ask(page, "And what does it help students with?")
    followed = page.locator(".cw-turn").nth(1)
    expect(followed.locator("article").first).to_be_visible()
    followed.get_by_role("button", name="Copy link").click()
    expect(followed.locator(".cw-feedback").get_by_role("status")).to_have_text("Copied.")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.url
    shown = followed.locator("article blockquote").all_text_contents()
    page.goto("about:blank")
    page.goto(link)
    expect(page.locator("h2.cw-question")).to_have_text("And what does it help students with?")
    expect(page.locator(".cw-understood")).to_contain_text("What is joint curriculum development?")
    expect(page.locator("article").first).to_be_visible()
    assert page.locator("article blockquote").all_text_contents()[0] == shown[0]


@pytest.mark.long
def test_a_conversation_is_saved_as_markdown(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), "joint curriculum development")
    expect(page.locator("article").first).to_be_visible()
    ask(page, "How do I bake sourdough bread?")
    expect(page.locator(".cw-refusal")).to_be_visible()
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save").click()
    assert saving.value.suggested_filename == "citewell-conversation.md"
    saved = Path(saving.value.path()).read_text(encoding="utf-8")
    assert saved.startswith("# Citewell, 20")
    assert "\n## joint curriculum development\n\n> Another form of cooperation" in saved
    assert saved.count("> — International Cooperation") == 5
    assert "## How do I bake sourdough bread?\n\nThe corpus does not seem to cover this." in saved


HOSTILE_CITED = (
    "# Badger {one brace\n\n1. Badgers dig http://evil.example/ setts <img src=x onerror=alert(1)> [a](javascript:alert(2)) "
    "\\ ^ ~ } & &lt; $x$ www.evil.example and ![i](x) `code` **bold** at night\n- in woods\n+ on hills\n    in fields\n===\n.\n"
)
HOSTILE_ASKED = (
    "What do badgers dig <img src=x onerror=alert(1)> [click](javascript:alert(2)) `x` http://e.example/ &lt;?"
)
HOSTILE_TEXTS = (
    "- list\n\n\tcode\n+ x\n1) y\n2. z\ntitle\n===\ntitle\n---\n***\n___\n~~~\n> q\n| a | b |\n|---|---|\n| c | d |\n<!-- x",
    "<b>a@evil.example</b> [x]: http://x 'y' \x00\x1b[31m \r\nx  \ny\\\nz &amp; ![i](j) <http://evil.example> ``c`` *d* __e__",
    "    code\n# heading #\n\u2028- item\n[x]: http://evil.example\n\n[x]\n\n- - -\n* * *\n<div>\n\n```\nx\n```\n",
)


@pytest.mark.promise("text-stays-text")
def test_what_is_saved_or_copied_is_nothing_but_text(page: Page, tmp_path: Path, encoder: Encoder) -> None:
    assert encoder.card.dimension
    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "1. bad_{ger} [a](b).txt").write_text(HOSTILE_CITED, encoding="utf-8")
    build(tmp_path / "corpus", IndexFolder(tmp_path / "index"), Settings())
    with hosted(tmp_path / "index") as url:
        page.goto(f"{url}?q={quote(HOSTILE_ASKED)}")
        expect(page.locator(".cw-card").first).to_be_visible()
        with page.expect_download() as saving:
            page.get_by_role("button", name="Save").click()
        saved = Path(saving.value.path()).read_text(encoding="utf-8")
        program = """async ([name, text]) => {
            const main = document.querySelector("script[src*='/static/citewell/']").src;
            return (await import(new URL("chat/citations.js", main)))[name](text);
        }"""
        for text in HOSTILE_TEXTS:
            made = page.evaluate(program, ["inMarkdown", text])
            tokens = markdown.parse(made)
            kinds = {token.type for token in tokens} | {
                child.type for token in tokens for child in token.children or ()
            }
            assert kinds <= {"paragraph_open", "inline", "paragraph_close", "text", "softbreak"}, made
        bibtex = page.evaluate(program, ["inBibtex", HOSTILE_CITED + "}} \\{ \\} {"])
    tokens = markdown.parse(saved)
    # What some readers make a link of without any sign has one before it.
    assert "http://" not in saved
    assert "www.evil" not in saved
    inner = [child.type for token in tokens for child in token.children or ()]
    assert {token.type for token in tokens} <= {
        f"{name}_{way}" for name in ("heading", "paragraph", "blockquote") for way in ("open", "close")
    } | {"inline"}
    assert set(inner) <= {"text", "softbreak"}
    headings = [token.content for at, token in enumerate(tokens) if at and tokens[at - 1].type == "heading_open"]
    assert len(headings) == 2
    shown = "".join(child.content for token in tokens for child in token.children or ())
    assert HOSTILE_ASKED in shown
    assert bibtex.startswith(r"\# Badger \textbraceleft{}one brace 1. Badgers")
    assert r"\textbackslash{} \textasciicircum{} \textasciitilde{} \textbraceright{} \& \&lt;" in bibtex
    depth = 0
    for character in bibtex:
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth in {0, 1}
    assert depth == 0

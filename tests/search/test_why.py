"""Why a place is not in an answer: each reason, and that what is said to change it does."""

from __future__ import annotations

import shlex
import time
from collections import Counter
from pathlib import Path

import pytest

from citewell import Assistant, Scope, Turn
from citewell.confidence import THRESHOLDS
from citewell.errors import UsageError
from citewell.search.explanation import Explanation
from citewell.search.where import Where
from tests.support.library import KEEPER

EATING = "What do otters eat?"
DOCUMENT = "international-education.txt"


def shown_after(command: str, assistant: Assistant) -> set[str]:
    """Return the documents that a command shows."""
    _, name, question, *options = shlex.split(command)
    assert name == "ask"
    named = dict(zip(options[::2], options[1::2], strict=True))
    scope = Scope((named["--document"],)) if "--document" in named else Scope()
    answer = assistant.ask(question, top=int(named.get("--top", 5)), scope=scope)
    return {each.document for each in answer.passages}


@pytest.mark.parametrize("question", ["What are the challenges of international cooperation?", "How do I bake bread?"])
def test_what_is_said_of_every_place_agrees_with_the_answers(assistant: Assistant, question: str) -> None:
    length = len(assistant.document(DOCUMENT).text)
    found = Counter[str]()
    for start in range(0, length, 650):
        why = assistant.why(question, f"{DOCUMENT}:{start}", top=1)
        found[why.reason] += 1
        if why.reason == "no_text":
            continue
        assert why.rank is not None
        answer = assistant.ask(question, top=why.rank)
        last = answer.passages[-1]
        assert last.rank == why.rank
        assert last.start <= start < last.end
        assert (why.reason in ("shown", "refused")) is (why.rank == 1)
        assert (why.reason == "refused") is (why.rank == 1 and not answer.answered)
    assert len(found) >= 2


def test_a_place_that_is_shown_is_said_to_be(library: Assistant) -> None:
    why = library.why(EATING, "a/otters.txt:0")
    assert (why.reason, why.rank, why.command) == ("shown", 1, None)
    assert Explanation.model_validate(why.to_json()) == why


@pytest.mark.parametrize(
    ("at", "reason", "message"),
    [
        ("a/empty.txt", "not_read", "contains no text"),
        ("a/table.accdb", "not_read", "not a supported format"),
        ("a/.draft.txt", "left_out", "hidden"),
        ("a/voles.txt", "new", "newer than the index"),
        ("a/mice.txt:40", "changed", "has changed since"),
    ],
)
def test_a_file_that_the_index_does_not_have_is_explained(
    library: Assistant, at: str, reason: str, message: str
) -> None:
    why = library.why("What do mice eat?", at)
    assert (why.reason, why.place) == (reason, None)
    assert message in why.message
    assert why.hint
    assert (why.command is not None and why.command.startswith("citewell index")) is (reason in ("new", "changed"))


@pytest.mark.parametrize(("quote", "reason"), [("gnaw the bark", "new"), ("grain and seeds", "changed")])
def test_a_quotation_is_looked_for_in_newer_files_too(library: Assistant, quote: str, reason: str) -> None:
    assert library.why("What do mice eat?", quote=quote).reason == reason


def test_without_the_index_no_file_is_looked_at_that_is_not_indexed(library: Assistant) -> None:
    view = library.view()
    assert view.why("What do mice eat?", Where("a/empty.txt")).reason == "not_read"
    for path in ("a/voles.txt", "a/.draft.txt", "../index/CURRENT", "/etc/hostname", "a\0b"):
        with pytest.raises(UsageError, match="no document at"):
            view.why("What do mice eat?", Where(path))


@pytest.mark.parametrize("path", ["nothing.txt", "../index/CURRENT", "/etc/hostname", "a\0b", "a/.nothing"])
def test_what_is_not_in_the_corpus_is_an_error(library: Assistant, path: str) -> None:
    with pytest.raises(UsageError, match="no document at"):
        library.why(EATING, path)


def test_a_place_outside_the_scope_is_found_everywhere(library: Assistant) -> None:
    why = library.why(EATING, "a/otters.txt", scope=Scope(folders=("b",)))
    assert why.reason == "out_of_scope"
    assert "a/otters.txt" in shown_after(why.command or "", library)


def test_a_heading_is_no_text(assistant: Assistant) -> None:
    heading = assistant.document(DOCUMENT).headings[0].span
    why = assistant.why("What is education?", f"{DOCUMENT}:{heading.start}-{heading.end}")
    assert why.reason == "no_text"
    assert "heading" in why.message


def test_a_repetition_names_what_is_shown_instead(library: Assistant) -> None:
    shown = library.ask(EATING).passages[0]
    for other in shown.repeated:
        why = library.why(EATING, f"{other.document}:{other.start}")
        assert (why.reason, why.rank, why.instead) == ("repeated", 1, shown.at)
        assert shown_after(why.command or "", library) == {other.document}


def test_a_place_beside_a_shown_passage_is_overlapped(library: Assistant) -> None:
    (shown,) = library.ask("Who painted the clock?", top=1, scope=Scope(("c/keeper.txt",))).passages
    assert shown.start > 0
    why = library.why("Who painted the clock?", f"c/keeper.txt:{shown.start - 3}", top=1)
    assert (why.reason, why.instead) == ("overlapped", shown.at)


def test_a_place_without_the_words_lacks_them(library: Assistant) -> None:
    why = library.why("What do otters eat on Pluto?", "a/mice.txt", top=1)
    assert (why.reason, why.has, why.lacks, why.unknown) == ("words", ("eat",), ("otters",), ("Pluto",))
    assert why.this
    assert why.last
    assert why.this.words < 0.5 < why.last.words
    assert "a/mice.txt" in shown_after(why.command or "", library)
    assert "citewell words --add" in (why.hint or "")


def test_a_place_without_a_phrase_lacks_it(library: Assistant) -> None:
    why = library.why('Who eats "grain in barns"?', "a/otters.txt:0")
    assert (why.reason, why.rank, why.lacks) == ("words", None, ("grain in barns",))
    assert "quotation marks" in why.message
    assert library.why('Who eats "grain in barns"?', "a/mice.txt").reason == "shown"


def test_a_place_with_the_words_is_only_further_down(library: Assistant) -> None:
    why = library.why(EATING, "b/different.txt", top=1)
    assert (why.reason, why.lacks) == ("rank", ())
    assert why.rank
    assert why.rank > 1
    assert why.this
    assert why.last
    assert why.this.score < why.last.score
    assert f"rank {why.rank}" in why.message
    assert "b/different.txt" in shown_after(why.command or "", library)


def test_of_a_refusal_the_missing_word_or_the_confidence_is_said(library: Assistant) -> None:
    missing = library.why("Who wrote Faust?", "a/mice.txt")
    assert missing.reason == "refused"
    assert "“Faust”" in missing.message
    unsure = library.why("How do I bake bread?", "a/mice.txt")
    assert unsure.reason == "refused"
    assert unsure.confidence is not None
    assert unsure.threshold == THRESHOLDS["balanced"] > unsure.confidence
    assert library.why("Hello", "a/mice.txt").reason == "courtesy"


def test_the_context_of_a_follow_up_counts(library: Assistant) -> None:
    history = (Turn("user", "What do mice eat?"), Turn("assistant", "Mice eat grain in barns."))
    why = library.why("And where?", "b/different.txt", history=history, top=1)
    assert library.why("And where?", "a/mice.txt", history=history, top=1).reason == "shown"
    assert "mice" in {word.lower() for word in why.lacks}
    assert why.command is None


@pytest.mark.parametrize(
    ("at", "quote", "message"),
    [
        (None, None, "name a place"),
        ("a/mice.txt:1", "grain", "not both"),
        ("a/otters.txt:9000", None, "no place"),
        ("a/otters.txt:9-3", None, "no place"),
        (None, "the otters sing an opera at dawn", "not in the indexed documents"),
        ("a/otters.txt", "grain in barns", "not in a/otters.txt"),
        (None, "x" * 5000, "5,000 characters"),
        (None, " ", "0 characters"),
    ],
)
def test_what_names_no_place_is_refused(library: Assistant, at: str | None, quote: str | None, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        library.why(EATING, at, quote=quote)


def places(quote: str, assistant: Assistant) -> list[tuple[str, int, int]]:
    found = Where(quote=quote).places(assistant.snapshot, None)
    assert isinstance(found, tuple)
    return [(each.document, each.start, each.end) for each in found]


def test_a_quotation_is_found_wherever_it_stands_and_however_its_lines_end(library: Assistant) -> None:
    holts = "They sleep in\n holts under tree roots."
    assert {document for document, _, _ in places(holts, library)} == {"a/otters.txt", "b/copy.txt", "b/another.txt"}
    start = KEEPER.index("the keeper", 300)
    assert places(KEEPER[start:700].replace(" ", "\n"), library) == [("c/keeper.txt", start, 700)]
    edited = places(KEEPER[start:700].replace("painted", "had painted"), library)
    assert [(document, begun) for document, begun, _ in edited] == [("c/keeper.txt", start)]


def test_a_quotation_that_is_like_everything_takes_no_longer(assistant: Assistant) -> None:
    began = time.process_time()
    with pytest.raises(UsageError, match="not in"):
        assistant.why(EATING, quote="education a " * 330)
    assert time.process_time() - began < 3


def test_a_path_may_have_the_folder_of_the_corpus_in_front(library: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = Path(library.manifest.corpus)
    monkeypatch.chdir(corpus.parent)
    for written in (
        f"{corpus.name}/a/otters.txt:3",
        str(corpus / "a/otters.txt:3"),
        "a/otters.txt:3",
        "./a/otters.txt:3",
    ):
        assert Where.read(written, None, library.snapshot, on_disk=True) == Where("a/otters.txt", 3)


def test_only_who_is_at_the_machine_names_a_document_by_its_file(
    library: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = Path(library.manifest.corpus)
    monkeypatch.chdir(corpus.parent)
    for written in (f"{corpus.name}/a/otters.txt", str(corpus / "a/otters.txt")):
        assert Where.read(f"{written}:3", None, library.snapshot) == Where(written, 3)
    assert Where.read("./a/otters.txt:3", None, library.snapshot) == Where("a/otters.txt", 3)

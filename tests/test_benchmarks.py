"""The commands of ``benchmarks``, each on a corpus of a few lines: what they write, and what they leave out."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from citewell import IndexFolder
from citewell.encoder.encoding import Encoder
from tests.support.environment import ROOT
from tests.support.sharded import why_no_shards

_TEXTS = {
    "harbour.md": "The harbour master keeps the keys of the boathouse. He lends them to members who have paid their fee.\n\n"
    "A lantern burns on the pier every night. The ferry to the island leaves at nine, and comes back at noon.\n",
    "orchard.md": "The orchard has forty apple trees and six pear trees. Pickers begin in the first week of September.\n\n"
    "Cider is pressed in the barn behind the mill. It stands for three months before it is sold.\n",
}
_ASKED = {
    "Who keeps the keys of the boathouse?": ("harbour", "The harbour master keeps the keys of the boathouse."),
    "When does the ferry to the island leave?": ("harbour", "The ferry to the island leaves at nine"),
    # With a word that no text has.
    "Where do they squeeze cider behind the mill?": ("orchard", "Cider is pressed in the barn behind the mill."),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Texts and questions in the form of ``shared/benchmarks/chunking``."""
    folder = tmp_path_factory.mktemp("chunking")
    for name, text in _TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    with (folder / "questions.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["question", "references", "corpus_id"])
        for question, (corpus, quote) in _ASKED.items():
            start = _TEXTS[f"{corpus}.md"].index(quote)
            references = [{"content": quote, "start_index": start, "end_index": start + len(quote)}]
            writer.writerow([question, json.dumps(references), corpus])
    return folder


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """Import a module of the benchmarks."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    return import_module


@pytest.fixture
def run(
    module: Callable[[str], Any], encoder: Encoder, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., str]:
    """Run a command with the model prepared, check its plot and what it says of the machine, and return its page."""
    assert encoder.card.dimension

    def page_of(name: str, *arguments: object) -> str:
        assert module("command_line").main([name, *map(str, arguments), "--to", str(tmp_path)]) == 0
        plot = (tmp_path / f"{name}.svg").read_bytes()
        assert etree.fromstring(plot).tag == "{http://www.w3.org/2000/svg}svg"
        assert b"prefers-color-scheme:dark" in plot
        page = (tmp_path / f"{name}.md").read_text(encoding="utf-8")
        assert capsys.readouterr().out == page + "\n"
        assert f"({name}.svg)" in page
        assert f"`python benchmarks {name} " in page
        assert all(f"| {each} |" in page for each in ("processor", "memory", "packages", "commit", "date"))
        return page

    return page_of


def cells(page: str, first: str) -> list[str]:
    """Return the cells of the first row that begins with some text."""
    line = next(line for line in page.splitlines() if line.startswith(f"| {first} |"))
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


@pytest.mark.long
def test_quality_has_every_set_with_its_intervals_and_refusals(run: Callable[..., str], folder: Path) -> None:
    page = run("quality", folder, "--without-bundled")
    assert cells(page, "measure") == [folder.name]
    assert cells(page, "hit@1") == ["1.000 (1.000 to 1.000)"]
    about, refusals = (line for line in page.splitlines() if line.startswith(f"| {folder.name} |"))
    assert "| 3 | english |" in about
    assert "| all texts but one | 3 + 3 |" in refusals


def test_the_bundled_questions_say_which_have_no_answer(module: Callable[[str], Any]) -> None:
    questions = module("question_sets").bundled().questions.questions
    assert {each.answerable for each in questions} == {True, False}


@pytest.mark.long
def test_speed_has_ratios_and_the_parts_of_a_question(run: Callable[..., str], folder: Path) -> None:
    page = run("speed", folder, "--rounds", 1, "--only", "build", "ask")
    ours, theirs, ratio = map(float, cells(page, "one question / encode it"))
    # The seconds are rounded, and other tests may have had the questions encoded.
    assert ratio == pytest.approx(ours / theirs, rel=0.1)
    assert float(cells(page, "encoding the question")[0]) > 0


@pytest.mark.long
def test_scale_goes_on_where_it_was_stopped(
    run: Callable[..., str], module: Callable[[str], Any], folder: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    arguments = (folder, "--texts", ROOT / "corpus", "--sizes", 30, "--encoded", 20, "--rounds", 1, "--keep", kept)
    page = run("scale", *arguments)
    results = json.loads((kept / "scale.json").read_text(encoding="utf-8"))
    assert results["sizes"]["30"]["asked"]["recall"] == 1
    # What was counted while texts were written is what the build makes of them.
    assert results["sizes"]["30"]["built"]["windows"] == results["sizes"]["30"]["texts"]["windows"] >= 30
    assert f"{results['sizes']['30']['built']['windows']:,}" in page
    # What is done is not done again, so what is in the file is what is shown.
    results["sizes"]["30"]["built"] |= {"windows": 123_456, "passages": 7}
    (kept / "scale.json").write_text(json.dumps(results), encoding="utf-8")
    assert "| 123,456 | 7 |" in run("scale", *arguments)
    with pytest.raises(SystemExit, match="has results of other arguments"):
        module("command_line").main(["scale", str(tmp_path), "--keep", str(kept)])


@pytest.mark.long
def test_load_has_answers_a_second_and_the_memory_of_the_server(run: Callable[..., str], folder: Path) -> None:
    page = run("load", "--users", 2, "--seconds", 1, "--rounds", 1, "--corpus", folder)
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| 2 | ")]
    assert [row[1] for row in rows] == ["another each time", "those of a set", "the same four"]
    for row in rows:
        assert row[2].split()[0] == "here"
        rate, p50, p95, _, failed, before, most = (float(cell.rstrip(" |")) for cell in row[3:])
        assert rate > 0
        assert 0 < p50 <= p95
        assert failed == 0
        assert 50 < before <= most


@pytest.mark.long
def test_cluster_asks_both_engines_and_kills_servers(
    run: Callable[..., str], folder: Path, bundled_index: Path
) -> None:
    if reason := why_no_shards():
        pytest.skip(f"no shards of PostgreSQL: {reason}")
    page = run("cluster", folder, bundled_index, "--rounds", 1, "--kills", 1, "--askers", 2)
    windows = f"{IndexFolder(bundled_index).manifest().windows:,}"
    assert all(float(cell) > 0 for cell in cells(page, windows)[:10])
    (row,) = (line.split(" | ") for line in page.splitlines() if line.startswith("| 1 | "))
    answers, wrong = (int(cell) for cell in row[2:4])
    assert (answers > 2, wrong) == (True, 0)
    alike = [line for line in page.partition("## The same answers")[2].splitlines() if " | PostgreSQL | " in line]
    differ = [float(line.split(" | ")[-1].rstrip(" |")) for line in alike]
    assert (len(differ), max(differ) < 0.0005) == (2, True)


@pytest.mark.long
def test_peers_says_which_tool_is_not_there(run: Callable[..., str], folder: Path, tmp_path: Path) -> None:
    options = ("--environments", tmp_path / "none", "--without-install", "--only", "citewell", "chroma")
    page = run("peers", folder, *options)
    assert cells(page, "Citewell")[2] == "1.000 (1.000 to 1.000)"
    assert "Chroma is left out: not installed." in page


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        (["The cat sat.", "It slept."], [(0, 11), (13, 21)]),
        # White space and signs are no matter, other letters are, and of equal pieces the next counts.
        (["the cat", "sat It"], [None, (8, 15)]),
        (["It slept", "It  slept."], [(13, 21), (24, 32)]),
    ],
)
def test_a_piece_is_where_its_letters_are(
    module: Callable[[str], Any], pieces: list[str], found: list[tuple[int, int] | None]
) -> None:
    text = "The cat sat. It slept.\n\nIt slept."
    places = module("locating").places({"a": text}, [("a", each) for each in pieces])
    assert [place and (place.start, place.end) for place in places] == found


def test_texts_are_real_as_far_as_there_are_enough_of_them(
    module: Callable[[str], Any], folder: Path, tmp_path: Path
) -> None:
    corpus = module("real_texts").write(tmp_path / "corpus", 600, folder, [ROOT / "corpus"])
    texts = [file.read_text(encoding="utf-8") for file in (tmp_path / "corpus").rglob("*.md")]
    assert sum(map(len, texts)) == corpus.characters
    assert 0 < corpus.real < 600 <= corpus.windows
    sentence = "Cider is pressed in the barn behind the mill."
    assert sum(sentence in text for text in texts) > 1


def test_made_vectors_lie_as_real_ones_do(module: Callable[[str], Any], encoder: Encoder) -> None:
    texts = [f"The {noun} of the {owner}" for noun in ("boat", "apple", "letter") for owner in "abcdefgh"]
    sparing = module("made_vectors").SparingEncoder(encoder, 20)
    real = sparing.encode_documents(texts)
    made = sparing.encode_documents(texts * 2)
    assert (sparing.encoded, sparing.made) == (24, 48)
    assert made.shape == (48, real.shape[1])
    nearest = (made @ real.T).max(axis=1)
    assert (nearest > 0.5).all()
    assert (nearest < 0.999).mean() > 0.5


def test_pip_says_which_package_it_missed(module: Callable[[str], Any], tmp_path: Path) -> None:
    environments = module("environments")
    with pytest.raises(environments.NotInstalledError, match="not installed"):
        environments.python_of(tmp_path / "none", ["chromadb"], install=False)
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "installed.txt").write_text("one\ntwo", encoding="utf-8")
    python = environments.python_of(tmp_path / "there", ["one", "two"], install=False)
    assert python == tmp_path / "there" / "bin" / "python"

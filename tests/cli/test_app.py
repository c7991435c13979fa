"""The command line, as the contract has it, in processes of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from citewell import IndexFolder, Settings, build
from tests.support.commands import citewell
from tests.support.environment import CORPUS, ROOT
from tests.support.indexes import segment_of

QUESTIONS = ROOT / "tests" / "questions" / "international-education.questions.yaml"

pytestmark = pytest.mark.usefixtures("encoder")

QUESTION = "What are the challenges of international cooperation?"


def test_index_json_is_the_contracts(corpus: Path, tmp_path: Path) -> None:
    (corpus / "table.accdb").write_text("a,b")
    done = citewell("index", "--corpus", corpus, "--index", tmp_path / "index", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert report["documents"] == {"added": 3, "changed": 0, "removed": 0, "unchanged": 0}
    assert [each["path"] for each in report["skipped"]] == ["table.accdb"]
    assert {"passages", "windows", "reused", "seconds", "snapshot"} <= report.keys()
    assert (tmp_path / "index" / "CURRENT").read_text().strip() == report["snapshot"]


def test_index_ends_with_a_table_and_then_says_up_to_date(corpus: Path, tmp_path: Path) -> None:
    first = citewell("index", "--corpus", corpus, "--index", tmp_path / "index")
    assert "files added" in first.stdout
    second = citewell("index", "--corpus", corpus, "--index", tmp_path / "index")
    assert "up to date" in second.stdout
    assert "files added" not in second.stdout


def test_ask_shows_the_quotation_and_its_citation(bundled_index: Path) -> None:
    done = citewell("ask", QUESTION, "--index", bundled_index, "--top", "1")
    assert done.returncode == 0
    assert "international-education.txt › Challenges and Opportunities (3814-4489)" in done.stdout
    assert "they also present challenges. [1]" in done.stdout


def test_ask_marks_the_answer_bold_on_a_terminal(bundled_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    done = citewell("ask", "joint curriculum development", "--index", bundled_index, fresh=True)
    assert "\x1b[1mAnother form of cooperation is joint curriculum development." in done.stdout


def test_ask_json_is_the_contracts(bundled_index: Path) -> None:
    answer = json.loads(citewell("ask", QUESTION, "--index", bundled_index, "--top", "3", "--json").stdout)
    text = (CORPUS / "international-education.txt").read_text(encoding="utf-8")
    assert answer.keys() >= {"id", "question", "answered", "confidence", "passages", "seconds"}
    assert answer["answered"] is True
    assert len(answer["passages"]) == 3
    for rank, passage in enumerate(answer["passages"], 1):
        assert passage["rank"] == rank
        assert passage["document"] == "international-education.txt"
        assert passage["title"] == "International Cooperation: International Education Explained"
        assert passage["page"] is None
        assert text[passage["start"] : passage["end"]] == passage["text"]
        for mark in passage["highlights"]:
            assert passage["start"] <= mark["start"] < mark["end"] <= passage["end"]


def test_batch_answers_every_line_in_order(bundled_index: Path, tmp_path: Path) -> None:
    history = [{"role": "user", "content": "What is IPGCE?"}, {"role": "assistant", "content": "A certificate."}]
    lines = [
        {"id": "b", "question": QUESTION, "gold": "ignored"},
        {"id": 7, "question": "And what does it offer?", "history": history},
        {"question": "How do I bake sourdough bread?", "history": None},
    ]
    batch = tmp_path / "questions.jsonl"
    batch.write_text("\ufeff" + "\n\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    done = citewell("ask", "--batch", batch, "--index", bundled_index, "--top", "2", "--json")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(answer["id"], answer["answered"]) for answer in answers] == [("b", True), (7, True), (None, False)]
    assert answers[1]["passages"][0]["section"] == ["Embark on Your Journey with IPGCE"]
    assert all(len(answer["passages"]) == 2 for answer in answers)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("not json", "line 2: Invalid JSON"),
        ('{"id": 1}', "line 2, question: Field required"),
        ('{"question": 5}', "line 2, question"),
        ('{"question": " "}', "line 2: the question is empty"),
        ('{"question": "a", "history": [{"role": "robot", "content": "b"}]}', "line 2, history.0.role"),
    ],
)
def test_a_bad_line_of_a_batch_is_named_before_any_is_answered(
    bundled_index: Path, tmp_path: Path, line: str, said: str
) -> None:
    batch = tmp_path / "questions.jsonl"
    batch.write_text(json.dumps({"question": QUESTION}) + "\n" + line + "\n", encoding="utf-8")
    done = citewell("ask", "--batch", batch, "--index", bundled_index, "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["ask", ""], 2, "the question is empty"),
        (["ask", "x" * 2001], 2, "2,001 characters"),
        (["ask"], 2, "a question or --batch"),
        (["ask", QUESTION, "--index", "no-such-index"], 1, "citewell index --corpus corpus --index no-such-index"),
        (["ask", QUESTION, "--document", "nope.txt"], 2, "no document at 'nope.txt'"),
        (["ask", QUESTION, "--model", "no/such-model"], 1, "does not download models"),
        (["index", "--corpus", "no-such-corpus"], 2, "not a folder"),
        (["ask", "--batch", "no-such-file"], 2, "cannot be read"),
        (["status", "--index", "no-such-index"], 1, "there is no index"),
        (["rollback"], 1, "no previous snapshot"),
        (["chat", "--public", "--index", "no-such-index"], 1, "there is no index"),
        (["--settings", "no-such-file", "ask", QUESTION], 2, "no-such-file"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_errors_are_one_line_with_the_right_exit_status(
    bundled_index: Path, tmp_path: Path, arguments: list[str], status: int, said: str
) -> None:
    if "--index" not in arguments:
        arguments = [*arguments, "--index", str(bundled_index if arguments[0] != "index" else tmp_path / "index")]
    done = citewell(*arguments, cwd=tmp_path)
    assert done.returncode == status
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_wrong_usage_is_2(bundled_index: Path) -> None:
    assert citewell("ask", "a", "--top", "0", "--index", bundled_index).returncode == 2
    assert citewell("nonsense").returncode == 2


def test_a_damaged_index_gets_one_line_and_check_fails(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    assert citewell("index", "--corpus", corpus, "--index", index).returncode == 0
    assert citewell("check", "--index", index).returncode == 0
    (segment_of(IndexFolder(index)) / "vectors.faiss").write_bytes(b"short")
    asked = citewell("ask", "otters", "--index", index)
    assert (asked.returncode, asked.stderr.count("\n")) == (1, 1)
    assert f"--index {index}" in asked.stderr
    checked = citewell("check", "--index", index)
    assert checked.returncode == 1
    assert "FAILED checksums" in checked.stdout
    assert "fix: citewell index" in checked.stdout
    found = [json.loads(line) for line in citewell("check", "--index", index, "--json").stdout.splitlines()]
    assert [each["check"] for each in found if not each["passed"]] == ["checksums"]


def test_status_and_rollback(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    first = json.loads(citewell("index", "--corpus", corpus, "--index", index, "--json").stdout)["snapshot"]
    assert "up to date" in citewell("status", "--index", index).stdout
    (corpus / "moon.txt").unlink()
    assert "removed: moon.txt" in citewell("status", "--index", index).stdout
    citewell("index", "--corpus", corpus, "--index", index)
    found = json.loads(citewell("status", "--index", index, "--json").stdout)
    assert (found["documents"], found["up_to_date"], found["previous"]) == (2, True, first)
    assert first in citewell("rollback", "--index", index).stdout
    assert (index / "CURRENT").read_text().strip() == first


HEAVY = ("torch", "transformers", "sentence_transformers", "gradio", "argon2", "plotly", "fastapi", "scipy")


def loaded(code: str) -> list[str]:
    """Return the lines that a program prints, and last those of the heavy libraries that it has loaded."""
    code += f"\nimport sys\nprint([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout.splitlines()


def test_asking_imports_nothing_that_it_does_not_need(bundled_index: Path) -> None:
    arguments = ["ask", QUESTION, "--index", str(bundled_index), "--json"]
    answer, heavy = loaded(f"from citewell.cli import main\ntry: main({arguments!r})\nexcept SystemExit: pass")
    assert json.loads(answer)["answered"]
    assert heavy == "[]"


@pytest.mark.parametrize("code", ["import citewell", "import citewell.cli", "import citewell; citewell.Assistant"])
def test_importing_waits_for_nothing_that_it_does_not_need(code: str) -> None:
    assert loaded(code) == ["[]"]


def test_control_characters_of_a_document_do_not_reach_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text(
        "A badger \x1b[31m\x1b]0;title sleeps by day in its sett.", encoding="utf-8"
    )
    citewell("index", "--corpus", tmp_path / "corpus", "--index", tmp_path / "index")
    shown = citewell("ask", "badger", "--index", tmp_path / "index").stdout
    assert "badger" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize("command", ["index", "ask", "status", "check", "rollback", "chat"])
def test_every_command_has_help_with_an_example(command: str) -> None:
    done = citewell(command, "--help")
    assert done.returncode == 0
    assert f"citewell {command}" in done.stdout
    assert "Example" in done.stdout


def test_an_unknown_setting_is_refused_by_name(bundled_index: Path, tmp_path: Path) -> None:
    (tmp_path / "citewell.toml").write_text("[searching]\nwindoes = 3\n")
    done = citewell("ask", QUESTION, "--index", bundled_index, cwd=tmp_path)
    assert done.returncode == 2
    assert "searching.windoes" in done.stderr


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_what_a_stream_has_no_letters_for_is_written_as_escapes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    corpus.mkdir()
    text = "Łukasz Żółć repairs the cranes 😀, says Søren.\n"
    (corpus / "łodź.txt").write_text(text, encoding="utf-8")
    (corpus / "zażółć.accdb").write_text("a", encoding="utf-8")

    def run(*arguments: str | Path, **options: Any) -> str:
        done = citewell(*arguments, **options)
        assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
        return done.stdout

    if encoding == "ascii":
        assert "accdb: not a supported format" in run(
            "index", "--corpus", corpus, "--index", index, "--model", "english"
        )
    else:
        build(corpus, IndexFolder(index), Settings(model="english"))
    assert "\\u0141ukasz" in run("ask", "Who repairs the cranes?", "--index", index, fresh=True)
    answer = json.loads(run("ask", "Who repairs the cranes?", "--index", index, "--json"))
    assert (answer["passages"][0]["text"], answer["passages"][0]["document"]) == (text.strip(), "łodź.txt")
    assert json.loads(run("status", "--index", index, "--json"))["skipped"][0]["path"] == "zażółć.accdb"
    assert "skipped" in run("status", "--index", index)
    assert "checksums" in run("check", "--index", index)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere all commands are such processes")
@pytest.mark.parametrize(
    ("command", "status"),
    [
        (["user", "list"], 1),
        (["questions", "check", QUESTIONS, "--corpus", CORPUS], 0),
        (["evaluate", QUESTIONS, "--index"], 0),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_command_imports_what_it_needs(
    bundled_index: Path, tmp_path: Path, command: list[str | Path], status: int
) -> None:
    more = [bundled_index] if command[-1] == "--index" else []
    done = citewell(*command, *more, cwd=tmp_path, fresh=True)
    assert (done.returncode, "Traceback" in done.stderr) == (status, False), done.stderr


def test_half_characters_of_a_question_are_refused(bundled_index: Path) -> None:
    # As Python hands on a byte that is no letter.
    done = citewell("ask", "cooperation \udcff", "--index", bundled_index, "--json")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "invalid character" in done.stderr


def test_status_says_what_is_left_out_and_why_as_the_build_did(tmp_path: Path) -> None:
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    (corpus / "real").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (corpus / "ferry.txt").write_text("The ferry leaves at nine.\n", encoding="utf-8")
    (corpus / "real" / "rope.txt").write_text("The rope is of hemp.\n", encoding="utf-8")
    (corpus / "empty.txt").touch()
    (corpus / "torn.txt").write_bytes("Die Tür ist grün. ".encode() + b"\xff")
    (corpus / "alias").symlink_to("real")
    (corpus / "shared").symlink_to("../outside")
    built = citewell("index", "--corpus", corpus, "--index", index, "--model", "english").stdout
    told = citewell("status", "--index", index).stdout
    left_out = (
        "3 files skipped:\n  alias: a link to a folder, which is not followed\n  empty.txt: contains no text\n"
        "  shared: a link to a folder outside the corpus\n"
    )
    torn = "1 file read with a warning:\n  torn.txt: not UTF-8, shown as \ufffd: 0xFF in line 1 (byte 20)\n"
    assert torn in built
    assert torn in told
    assert left_out in built
    assert left_out in told
    assert "up to date" in told
    found = json.loads(citewell("status", "--index", index, "--json").stdout)
    assert [each["path"] for each in found["skipped"]] == ["alias", "empty.txt", "shared"]
    assert [each["path"] for each in found["warned"]] == ["torn.txt"]

"""The commands that judge, in processes of their own, as a maintainer and CI run them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from citewell import Assistant, IndexFolder
from citewell.answer import Turn
from citewell.evaluation.questions.feedback import FeedbackStore, about
from citewell.evaluation.questions.sets import read_questions
from citewell.evaluation.running import load_run
from citewell.state.folder import StateFolder
from tests.support.commands import citewell
from tests.support.environment import CORPUS, ROOT

pytestmark = pytest.mark.usefixtures("encoder")

SET = ROOT / "tests" / "questions" / "international-education.questions.yaml"
SMALL = """\
# A comment that stays.
- question: What logistical issues are there?
  kind: about logistics
  answers:
    - {document: international-education.txt, quote: 'visa regulations and language barriers'}
- question: "What is the capital of Mongolia?"
  answerable: false
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A set of two questions about the bundled article."""
    file = tmp_path / "small.yaml"
    file.write_text(SMALL, encoding="utf-8")
    return file


def test_the_bundled_set_is_large_of_every_kind_and_stands_in_the_corpus() -> None:
    found = read_questions(SET)
    kinds = {question.kind for question in found.questions}
    wanted = {"literal", "paraphrased", "one-word", "misspelt", "several passages", "follow-up"}
    assert wanted | {"near", "far"} <= kinds
    assert len(found.questions) >= 40
    done = citewell("questions", "check", SET, "--corpus", CORPUS)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_run_that_is_kept_is_where_the_page_shows_it(bundled_index: Path, small: Path, tmp_path: Path) -> None:
    assert citewell("evaluate", small, "--index", bundled_index, "--keep", "--state", tmp_path / "no").returncode == 2
    (tmp_path / "kept").mkdir()
    done = citewell("evaluate", small, "--index", bundled_index, "--keep", "--state", tmp_path / "kept")
    assert done.returncode == 0, done.stderr
    (file,) = (tmp_path / "kept" / "runs").glob("*-small.jsonl")
    run = load_run(file)
    assert run.name.startswith("small, 20")
    assert len(run.outcomes) == 2


def test_evaluate_reaches_what_was_promised_of_the_bundled_set(bundled_index: Path, tmp_path: Path) -> None:
    run, report, trec = tmp_path / "run.jsonl", tmp_path / "report", tmp_path / "trec"
    files: list[str | Path] = ["--save", run, "--report", report, "--trec", trec]
    done = citewell("evaluate", SET, "--index", bundled_index, "--json", *files, "--fail-under", "hit@3=0.95")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["kinds"]["literal"]["hit@3"] == found["kinds"]["paraphrased"]["hit@3"] == 1
    far = {question.id for question in read_questions(SET).questions if question.kind == "far"}
    answers = [json.loads(line) for line in run.read_text(encoding="utf-8").splitlines()[1:]]
    refused = {each["question"]["id"] for each in answers if not each["answer"]["answered"]}
    assert len(far) >= 5
    assert far <= refused
    assert "<title>" in (report / "index.html").read_text(encoding="utf-8")
    assert len((trec / "run.txt").read_text().splitlines()) == len(answers)
    assert len((trec / "qrels.txt").read_text().splitlines()) == found["coverable"]


def test_evaluate_prints_a_table_and_fails_under_a_limit(bundled_index: Path, small: Path) -> None:
    done = citewell("evaluate", small, "--index", bundled_index, "--fail-under", "hit@5=1")
    assert done.returncode == 0, done.stderr
    assert "1 answerable question, 1 unanswerable" in done.stdout
    assert "recall@5" in done.stdout
    assert "highlight F1" in done.stdout
    assert "…" not in done.stdout
    # What few people need is printed on demand.
    assert "precision@10" not in done.stdout
    every = citewell("evaluate", small, "--index", bundled_index, "--all").stdout
    assert all(name in every for name in ("precision@10", "AUROC", "mean shown passage", "document RR@10"))
    too_high = citewell("evaluate", small, "--index", bundled_index, "--fail-under", "precision@10=0.9", "--json")
    assert too_high.returncode == 1
    assert "precision@10 is 0.0" in too_high.stderr
    unknown = citewell("evaluate", small, "--index", bundled_index, "--fail-under", "hits=0.9")
    assert unknown.returncode == 2
    assert "no figure 'hits'" in unknown.stderr


def test_evaluate_says_which_quotation_is_not_there(bundled_index: Path, small: Path) -> None:
    small.write_text(SMALL.replace("visa regulations", "customs regulations"), encoding="utf-8")
    done = citewell("evaluate", small, "--index", bundled_index)
    assert done.returncode == 2
    assert "“customs regulations and language barriers” is not in international-education.txt" in done.stderr
    assert "citewell questions repair" in done.stderr


@pytest.mark.long
def test_compare_takes_runs_indexes_and_trec_runs(bundled_index: Path, tmp_path: Path) -> None:
    run = tmp_path / "run.jsonl"
    citewell("evaluate", SET, "--index", bundled_index, "--save", run, "--trec", tmp_path)
    same = json.loads(citewell("compare", run, bundled_index, "--questions", SET, "--json").stdout)
    assert same["outcome"] == "no difference"
    assert all(each["wins"] == each["losses"] == 0 for each in same["measures"])
    trec = json.loads(citewell("compare", run, tmp_path / "run.txt", "--json").stdout)
    assert [each["measure"] for each in trec["measures"]] == [
        "document hit@1",
        "document hit@5",
        "document nDCG@10",
        "document R@10",
        "document RR@10",
    ]
    assert all(each["a"] == each["b"] == 1 for each in trec["measures"])


@pytest.mark.long
def test_compare_builds_with_settings_and_says_which_is_worse(bundled_index: Path, tmp_path: Path) -> None:
    (tmp_path / "scraps.toml").write_text("[splitting]\npassage_tokens = 16\nwindow_tokens = 8\n")
    scraps = ("compare", bundled_index, tmp_path / "scraps.toml", "--questions", SET, "--corpus", CORPUS)
    worse = citewell(*scraps)
    assert worse.returncode == 0, worse.stderr
    assert "scraps.toml is worse than" in worse.stdout
    assert "Found by A only" in worse.stdout


def test_compare_says_what_it_lacks(bundled_index: Path, tmp_path: Path) -> None:
    unasked = citewell("compare", bundled_index, bundled_index)
    assert unasked.returncode == 2
    assert "--questions SET" in unasked.stderr
    missing = citewell("compare", tmp_path / "none.jsonl", bundled_index)
    assert missing.returncode == 2
    assert "there is no run, index or settings file" in missing.stderr
    (tmp_path / "run.txt").write_text("q Q0 a.txt 1 1 x\n")
    unjudged = citewell("compare", tmp_path / "run.txt", tmp_path / "run.txt")
    assert "--qrels FILE" in unjudged.stderr
    (tmp_path / "qrels.txt").write_text("q 0 a.txt 1\n")
    judged = citewell("compare", tmp_path / "run.txt", tmp_path / "run.txt", "--qrels", tmp_path / "qrels.txt")
    assert "No significant difference with 1 question" in judged.stdout


@pytest.mark.long
def test_tune_tries_a_grid(tmp_path: Path) -> None:
    (tmp_path / "grid.toml").write_text("[searching]\nbm25_weight = [0.7, 0.5]\n")
    done = citewell("tune", SET, tmp_path / "grid.toml", "--corpus", CORPUS)
    assert done.returncode == 0, done.stderr
    assert "searching.bm25_weight = 0.5" in done.stdout
    assert "Keep your settings" in done.stdout


def test_check_names_the_line_and_repair_fixes_only_that(small: Path) -> None:
    small.write_text(SMALL.replace("visa regulations", "visa rules"), encoding="utf-8")
    checked = citewell("questions", "check", small, "--corpus", CORPUS)
    assert checked.returncode == 1
    assert "line 2 " in checked.stdout
    assert "did you mean: “visa regulations and language barriers”" in checked.stdout
    dry = citewell("questions", "repair", small, "--corpus", CORPUS, "--dry-run")
    assert "Nothing was written" in dry.stdout
    assert "visa rules" in small.read_text(encoding="utf-8")
    repaired = citewell("questions", "repair", small, "--corpus", CORPUS)
    assert repaired.returncode == 0
    assert small.read_text(encoding="utf-8") == SMALL


def test_check_does_not_look_into_files_that_the_settings_leave_out(tmp_path: Path, small: Path) -> None:
    (tmp_path / "citewell.toml").write_text('exclude = ["international-*"]\n', encoding="utf-8")
    checked = citewell("--settings", tmp_path / "citewell.toml", "questions", "check", small, "--corpus", CORPUS)
    assert checked.returncode == 1
    assert "the corpus has no document 'international-education.txt'" in checked.stdout


def test_feedback_becomes_questions_as_a_person_decides(bundled_index: Path, tmp_path: Path, small: Path) -> None:
    index = tmp_path / "index"
    shutil.copytree(bundled_index, index)
    assistant, store = Assistant(IndexFolder(index)), FeedbackStore(StateFolder.beside(index).path)
    history = (Turn("user", "What is international cooperation?"),)
    for question, verdict, rank, before in (
        ("What problems do exchanges have?", "right passage", 1, ()),
        ("Who won the cup?", "nothing here", None, ()),
        ("And what are its drawbacks?", "unhelpful", None, history),
        ("What does IPGCE offer?", "helpful", None, ()),
        ("Is this spam?", "helpful", None, ()),
    ):
        answer = assistant.ask(question, history=before)
        store.add(about(answer, before, verdict, rank))  # type: ignore[arg-type]
    shown = assistant.ask("And what are its drawbacks?", history=history).passages[1].text
    # Accept, accept, choose the second passage, skip, reject; what was skipped waits for another time.
    done = citewell("questions", "from-feedback", small, "--index", index, typed="a\na\n2\ns\nr\n")
    assert done.returncode == 0, done.stderr
    assert "Added 3 questions" in done.stdout
    assert small.read_text(encoding="utf-8").startswith(SMALL)
    added = read_questions(small).questions[2:]
    assert [question.answerable for question in added] == [True, False, True]
    assert added[2].history[0].content == "What is international cooperation?"
    assert added[2].answers[0].quote == shown
    assert citewell("questions", "check", small, "--corpus", CORPUS).returncode == 0
    assert [feedback.question for feedback in store.pending()] == ["What does IPGCE offer?"]
    quit_at_once = citewell("questions", "from-feedback", small, "--index", index, typed="")
    assert "1 left for later" in quit_at_once.stdout
    assert len(store.pending()) == 1


def test_a_set_goes_out_to_other_formats_and_comes_back(small: Path, tmp_path: Path) -> None:
    for to in ("beir", "squad.json"):
        out = citewell("questions", "export", small, "--to", tmp_path / to, "--corpus", CORPUS)
        assert out.returncode == 0, out.stderr
        back = citewell("questions", "import", tmp_path / to, "--to", tmp_path / f"from-{to}")
        assert back.returncode == 0, back.stderr
        folder = tmp_path / f"from-{to}"
        checked = citewell("questions", "check", folder / "questions.jsonl", "--corpus", folder / "corpus")
        assert checked.returncode == 0, checked.stdout
    again = citewell("questions", "import", tmp_path / "beir", "--to", tmp_path / "from-beir")
    assert again.returncode == 2
    assert "exists already" in again.stderr

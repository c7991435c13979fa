"""The pytest plugin, in a pytest of its own; one test has it in a process of its own, as in anyone's repository."""

from __future__ import annotations

from pathlib import Path

import pytest

# What a pytest that runs in this process imports first, it takes away with it.
import citewell.evaluation.measures
import citewell.evaluation.questions.anchoring
import citewell.evaluation.questions.sets  # noqa: F401

SET = """\
- question: Which logistical issues are there?
  answers:
    - {document: international-education.txt, quote: visa regulations and language barriers}
- question: Who won the football world cup in 1998?
  answerable: false
"""
WRONG = """\
- question: Which logistical issues are there?
  answers:
    - {document: international-education.txt, quote: Leave a Reply}
- question: What does IPGCE offer?
  answerable: false
- question: Why?
  answers:
    - {document: international-education.txt, quote: no such words}
"""


def write(pytester: pytest.Pytester, text: str, name: str = "my.questions.yaml") -> None:
    (pytester.path / name).write_text(text, encoding="utf-8")


def run(pytester: pytest.Pytester, *arguments: str | Path) -> pytest.RunResult:
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", *arguments)


def test_a_set_is_collected_and_asked(pytester: pytest.Pytester, bundled_index: Path) -> None:
    write(pytester, SET)
    write(pytester, "- not: a set", "other.yaml")
    done = pytester.runpytest_subprocess("-p", "no:cacheprovider", "--citewell-index", bundled_index, "-v")
    done.assert_outcomes(passed=2)
    done.stdout.fnmatch_lines(["my.questions.yaml::Which logistical issues are there? PASSED*"])


def test_what_is_wrong_is_said_without_a_traceback(pytester: pytest.Pytester, bundled_index: Path) -> None:
    write(pytester, WRONG)
    done = run(pytester, "--citewell-index", bundled_index, "--citewell-top", "2")
    done.assert_outcomes(failed=3)
    done.stdout.fnmatch_lines(
        [
            "*my.questions.yaml:1: Which logistical issues are there?",
            "no right answer among 2 passages",
            "  expected: international-education.txt: Leave a Reply",
            "  shown 1: international-education.txt: *",
            "*my.questions.yaml:4: What does IPGCE offer?",
            "answered with confidence *",
            "*my.questions.yaml:6: Why?",
            "*“no such words” is not in international-education.txt*",
        ]
    )
    done.stdout.no_fnmatch_line("*Traceback*")
    done.stdout.no_fnmatch_line("*plugin.py*")


def test_the_right_answer_has_to_be_among_the_first(pytester: pytest.Pytester, bundled_index: Path) -> None:
    quote = "{document: international-education.txt, quote: International education can be viewed from different perspectives}"
    text = f"- question: Which logistical issues are there?\n  answers:\n    - {quote}\n"
    write(pytester, text)
    run(pytester, "--citewell-index", bundled_index, "--citewell-top", "8").assert_outcomes(passed=1)
    run(pytester, "--citewell-index", bundled_index, "--citewell-top", "1").assert_outcomes(failed=1)


def test_a_follow_up_is_asked_with_what_came_before(pytester: pytest.Pytester, bundled_index: Path) -> None:
    quote = "{document: international-education.txt, quote: IPGCE offers the International Postgraduate Certificate}"
    history = "  history:\n    - {role: user, content: Which certificate does IPGCE offer?}\n"
    answers = f"  answers:\n    - {quote}\n"
    write(pytester, f"- question: And what is it?\n{history}{answers}- question: And what is it?\n{answers}")
    done = run(pytester, "--citewell-index", bundled_index, "--citewell-top", "1")
    done.assert_outcomes(passed=1, failed=1)
    done.stdout.fnmatch_lines(["*my.questions.yaml:6: And what is it?"])


def test_a_known_miss_fails_only_when_it_is_found(pytester: pytest.Pytester, bundled_index: Path) -> None:
    write(pytester, SET.replace("answers:", "known_miss: true\n  answers:"))
    run(pytester, "--citewell-index", bundled_index).assert_outcomes(failed=1, passed=1)
    found = WRONG.partition("- question: Why?")[0]
    write(pytester, found.replace("  ans", "  known_miss: true\n  ans"))
    run(pytester, "--citewell-index", bundled_index).assert_outcomes(xfailed=2)


def test_a_set_that_cannot_be_read_is_an_error_with_its_line(pytester: pytest.Pytester) -> None:
    write(pytester, '{"question": "Why?"}', "my.questions.jsonl")
    done = run(pytester)
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["*my.questions.jsonl, line 1: needs answers*"])


def test_an_index_that_is_not_there_is_said_with_what_makes_it(pytester: pytest.Pytester) -> None:
    write(pytester, SET)
    done = run(pytester)
    done.assert_outcomes(failed=2)
    done.stdout.fnmatch_lines(["there is no index in index; fix: citewell index*"])


def test_a_repository_can_say_where_its_index_is(pytester: pytest.Pytester, bundled_index: Path) -> None:
    write(pytester, SET)
    pytester.makeconftest(
        f"import pathlib\ndef pytest_citewell_index():\n    return pathlib.Path({str(bundled_index)!r})\n"
    )
    run(pytester).assert_outcomes(passed=2)

"""The file of the house's own words: what is written reads back, and what is no rule is named with its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.text.own_words import LONGEST_NAME, MOST_RULES, Rule, read_rules, rule_line, with_rules


def test_rules_of_each_kind_are_read() -> None:
    words = read_rules(
        "\ufeff# Ours\r\n"
        "leave = annual leave = PTO   # both ways\r\n"
        "\n"
        "PTO -> annual leave, holiday\n"
        "[/hr/contracts/]\n"
        "CBA → collective  bargaining agreement\n"
        "C# = C sharp\r"
        "[]\n"
        "1,000 shares = a thousand shares\n"
        "年休 ＝ 年次有給休暇\n"
    )
    assert words.faults == ()
    assert words.rules == (
        Rule(("leave", "annual leave", "PTO")),
        Rule(("PTO", "annual leave", "holiday"), one_way=True),
        Rule(("CBA", "collective bargaining agreement"), one_way=True, folder="hr/contracts"),
        Rule(("C#", "C sharp"), folder="hr/contracts"),
        Rule(("1,000 shares", "a thousand shares")),
        Rule(("年休", "年次有給休暇")),
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("annual leave", "one name only"),
        ("PTO =", "a name is missing"),
        ("= PTO", "a name is missing"),
        ("PTO = pto", "are the same"),
        ("PTO, AL -> annual leave", "several names before the arrow"),
        ("PTO -> annual leave -> holiday", "two arrows"),
        ("PTO = ***", "no letters or digits"),
        (f"PTO = {'a' * (LONGEST_NAME + 1)}", "characters"),
        (" = ".join(f"name {number}" for number in range(30)), "more than 20 names"),
        ("[../secret]", "not a folder"),
        ("[hr\\contracts]", "backslash"),
    ],
)
def test_a_line_that_is_no_rule_is_named_and_the_others_count(line: str, message: str) -> None:
    words = read_rules(f"leave = holiday\n{line}\n[]\ncar = vehicle\n")
    assert [rule.names for rule in words.rules] == [("leave", "holiday"), ("car", "vehicle")]
    (fault,) = words.faults
    assert fault.line == 2
    assert message in fault.message
    assert fault.hint


def test_rules_below_a_folder_that_cannot_be_read_do_not_count_everywhere() -> None:
    assert read_rules("[../x]\nPTO = annual leave\n").rules == ()


def test_more_rules_than_the_limit_are_named() -> None:
    words = read_rules("\n".join(f"a{number} = b{number}" for number in range(MOST_RULES + 2)))
    assert len(words.rules) == MOST_RULES
    assert [fault.line for fault in words.faults] == [MOST_RULES + 1]


NAMES = st.text(min_size=1, max_size=LONGEST_NAME)
FOLDERS = st.one_of(st.just(""), st.text(min_size=1, max_size=30))
RULES = st.builds(Rule, st.lists(NAMES, min_size=2, max_size=5).map(tuple), st.booleans(), FOLDERS)


@given(st.lists(RULES, max_size=6), st.text(max_size=200))
def test_what_is_written_reads_back_after_what_was_there(rules: list[Rule], before: str) -> None:
    writable = []
    for rule in rules:
        try:
            rule_line(rule)
        except ValueError:
            continue
        writable.append(rule)
    text = with_rules(before, writable)
    assert text.startswith(before)
    was, now = read_rules(before), read_rules(text)
    assert now.rules == was.rules + tuple(writable)
    assert now.faults == was.faults


@given(st.text())
def test_any_text_is_read_and_its_rules_can_be_written(text: str) -> None:
    words = read_rules(text)
    assert read_rules(with_rules("", words.rules)).rules == words.rules


@given(
    st.lists(st.sampled_from(["PTO", "annual leave", "=", "->", ",", "[", "]", "#", "\n", " ", "hr", "/"])).map("".join)
)
def test_lines_of_the_signs_of_rules_are_read_and_can_be_written(text: str) -> None:
    words = read_rules(text)
    assert read_rules(with_rules(text, words.rules)).rules == words.rules + words.rules

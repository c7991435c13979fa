"""Which lines are units."""

from __future__ import annotations

import pytest

from citewell.text.lines import runs


def cut(text: str) -> list[tuple[str, bool]]:
    return [(text[run.start : run.end], run.is_unit) for run in runs(text)]


@pytest.mark.parametrize(
    "lines",
    [
        [
            "2024-05-01 09:16:47 INFO job 1 done. Next",
            "2024-05-01 09:17:44 ERROR disk full. Stop",
            "2024-05-01 09:18:00 ok",
        ],
        ["May  1 09:17:44 host sshd[12]: Failed. Again.", "May  1 09:17:45 host sshd[13]: Closed."],
        ["INFO started. Port 80", "ERROR failed. Port 81"],
        ["10.0.0.1 - - GET /a. 200", "10.0.0.2 - - GET /b. 404"],
        ["Anna: I am late. Start without me.", "Bob Lee: Fine. See you."],
        ["<anna> I am late. Start.", "<bob> fine"],
        ["Name: Miller", "Phone: 030 123. Early.", "Room: 12"],
        ["1. Open the valve. Wait.", "2. Close it. Go."],
        ["- Open the valve. Wait.", "- Close it. Go."],
        ["Z1\t2. 00\t8.00", "Z2\t3. 00\t9.00"],
    ],
    ids=lambda lines: lines[0][:20],
)
def test_lines_that_begin_alike_are_units(lines: list[str]) -> None:
    assert cut("\n".join(lines)) == [(line, True) for line in lines]


@pytest.mark.parametrize(
    "lines",
    [
        ["Apples", "Bread", "Milk and eggs from the farm", "Salt"],
        ["Harbour Office", "12 Pier Road", "Southport PR8 1AA", "England"],
        ["Monday 9 to 5", "Tuesday 9 to 5", "Thursday 9 to 8, with a break of one hour at noon"],
    ],
    ids=lambda lines: lines[0],
)
def test_lines_that_nobody_wrapped_are_apart(lines: list[str]) -> None:
    assert [text for text, _ in cut("\n".join(lines))] == lines


@pytest.mark.parametrize(
    "text",
    [
        "The minutes were taken by Anna and\nBerta Miller in the afternoon. They say\nthat the boat left at six.",
        "The harbour was closed for repairs until\n1990. It was closed again in the summer of\n2004. It is open now.",
        "The boat leaves,\nas the timetable says,\nat six in the morning from the northern pier.",
        "Die Werkstatt liegt im hinteren Teil des\nLagerhauses und ist von Montag bis Freitag\nGeöffnet, wenn niemand fehlt.",
        "医院的急诊室全天开放，挂号费是十块\n钱。请带身份证和医保卡，不要忘记带上\n现金。",
        "> A quotation that somebody wrapped at\n> a width that is usual in mails.",
    ],
)
def test_a_wrapped_paragraph_is_one(text: str) -> None:
    assert cut(text) == [(text, False)]


def test_a_cue_of_subtitles_is_a_unit() -> None:
    cues = ["1\n00:00:01,000 --> 00:00:04,000\nHello. Come in.\nSit down.", "2\n00:00:05,000 --> 00:00:07,000\nThanks."]
    assert cut("\n".join(cues)) == [(cue, True) for cue in cues]


def test_a_long_unit_is_a_paragraph() -> None:
    lines = ["Anna: " + "It is late. " * 40, "Bob: Fine."]
    assert [is_unit for _, is_unit in cut("\n".join(lines))] == [False, True]


@pytest.mark.parametrize(
    "text",
    [
        "Adds two numbers and returns the sum of\n// both, or null if one of them is missing in\n// the table.",
        "This program is free software; you can redistribute\n * it and modify it under the terms of the licence\n * above.",
        "Reads the file that the user has chosen, and\n# closes it again at the end.",
    ],
    ids=["slashes", "stars", "hashes"],
)
def test_a_wrapped_comment_of_source_code_is_one(text: str) -> None:
    assert cut(text) == [(text, False)]

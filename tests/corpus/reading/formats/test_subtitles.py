"""Subtitles: cues at their times, without numbers, times and what is on the screen already."""

from __future__ import annotations

from citewell.corpus.reading.formats.subtitles import READER
from tests.support.extracts import extract, places, shown

SRT = """1
00:00:01,600 --> 00:00:04,200
The harbour was closed
for repairs

2
00:01:12,000 --> 00:01:15,000
until the summer of 2004.

3
01:02:03,500 --> 01:02:05,000
<i>Nobody</i> was told.
"""

ROLLING = """WEBVTT
Kind: captions
Language: en

00:00:00.160 --> 00:00:02.550 align:start position:0%
\x20
so<00:00:00.320><c> today</c><00:00:00.480><c> we</c>

00:00:02.550 --> 00:00:02.560 align:start position:0%
so today we
\x20

00:00:02.560 --> 00:00:04.470 align:start position:0%
so today we
look<00:00:02.720><c> at</c><00:00:02.879><c> boats</c>

00:00:04.470 --> 00:00:04.480 align:start position:0%
look at boats
\x20

"""


def test_each_cue_of_subrip_is_a_unit_at_its_time() -> None:
    found = extract(READER, SRT)
    assert shown(found) == [
        ("item", "The harbour was closed\nfor repairs"),
        ("item", "until the summer of 2004."),
        ("item", "<i>Nobody</i> was told."),
    ]
    assert places(found) == ["00:00:01", "00:01:12", "01:02:03"]


def test_webvtt_has_a_title_and_notes_but_styles_and_names_of_cues_are_no_text() -> None:
    text = (
        "WEBVTT - The harbour\n\nSTYLE\n::cue { color: red }\n\nNOTE Translated by Anna.\n\nopening\n"
        "00:01.000 --> 00:02.000\n<v Anna>Hello.\n\nNOTE\ncheck this\n\n00:03.000 --> 00:04.000\nBye.\n"
    )
    found = extract(READER, text)
    assert found.title == "The harbour"
    assert shown(found) == [
        ("prose", "Translated by Anna."),
        ("item", "<v Anna>Hello."),
        ("prose", "check this"),
        ("item", "Bye."),
    ]


def test_a_line_that_stays_on_the_screen_is_read_once_with_the_time_at_which_it_came() -> None:
    found = extract(READER, ROLLING)
    assert shown(found) == [("item", "so today we"), ("item", "look at boats")]
    assert places(found) == ["00:00:00", "00:00:02"]
    assert [(fact.name, fact.value) for fact in found.facts] == [("language", "en")]


def test_a_number_that_somebody_says_is_text() -> None:
    found = extract(
        READER, "1\n00:00:01,000 --> 00:00:02,000\nHow many?\n1984\n\n2\n00:00:03,000 --> 00:00:04,000\n7\n"
    )
    assert shown(found) == [("item", "How many?\n1984"), ("item", "7")]


def test_subtitles_without_times_are_read_as_text_and_it_is_said() -> None:
    found = extract(READER, "Only a sentence.\n")
    assert shown(found) == [("prose", "Only a sentence.")]
    assert found.warnings == ("has no subtitles with times, and is read as plain text",)


def test_subtitles_are_recognised_whatever_their_name() -> None:
    assert READER.recognises(SRT.encode())
    assert READER.recognises(b"\xef\xbb\xbfWEBVTT\n\n")
    assert not READER.recognises(b"1\n\nThe first chapter.\n")
    assert not READER.recognises(b"WEBVTTX")

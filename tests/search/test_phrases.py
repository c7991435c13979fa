"""Words in quotation marks stand side by side in what answers, over the whole corpus."""

from __future__ import annotations

import pytest

from citewell import Answer, Assistant, Scope, Turn
from tests.support.indexes import assistant_for

FAR = "The fish is fresh. The soup is warm. Fish is caught daily and soup is cooked daily; fish and soup are cheap."
FILES = {
    **{f"menus/menu{nth}.txt": f"Menu {nth}\n\n{FAR} Table {nth} is free.\n" for nth in range(12)},
    "club.txt": "Club\n\nThe club meets in the old mill. On Fridays there is fish soup for members. Guests bring bread.\n",
    "play.txt": "Play\n\nWe read a play on Mondays. The prince asks: to be or not to be? Nobody in the hall has a reply.\n",
    "Harbour Lights.txt": "The boats come home at six. Nets are dried on the quay.\n",
    "rules.md": "# Rules\n\n## Quiet hours at night\n\nDoors close at ten. Dogs sleep outside.\n\n## Keys\n\nAsk for keys.\n",
    "crew.txt": "Crew\n\nThe mate keeps the log. Café crème is served at dawn. The watch ends at four. Rain fell all week.\n",
    "list.md": "# List\n\n- red rope\n- soup plates\n\nA last line here.\n\nStands above it all.\n",
    "speech.txt": "Speech\n\nShe spoke of rope and of paint. We sell rope and paint to sailors, and tar to nobody at all.\n",
    "tang.txt": "菜单\n\n我们的鱼很新鲜。汤是热的。星期五有鱼汤给会员。鱼和汤都便宜。\n",
    "ryori.txt": "料理\n\n魚は新鮮です。汁は温かいです。金曜日には魚の汁があります。\n",
    "thai.txt": "อาหาร\n\nปลาสดมาก แกงร้อน วันศุกร์มีแกงปลาสำหรับสมาชิก\n",
}


@pytest.fixture(scope="module")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(FILES, tmp_path_factory.mktemp("kitchen"))


@pytest.mark.parametrize(
    ("question", "document", "marked"),
    [
        ('"fish soup"', "club.txt", "On Fridays there is fish soup for members."),
        ("Where is there “FISH soup”?", "club.txt", "On Fridays there is fish soup for members."),
        ("When do members get „fish soup“ in the mill?", "club.txt", "On Fridays there is fish soup for members."),
        # Function words are not in the index.
        ("«to be or not to be»", "play.txt", "The prince asks: to be or not to be?"),
        ("Who asks “to be or not to be”?", "play.txt", "The prince asks: to be or not to be?"),
        # Beyond a sentence, with and without its stop.
        ("“at dawn. The watch”", "crew.txt", "Café crème is served at dawn. The watch ends at four."),
        ("“dawn the watch”", "crew.txt", "Café crème is served at dawn. The watch ends at four."),
        ('What about "cafe creme"?', "crew.txt", "Café crème is served at dawn."),
        ('"rope and paint to sailors"', "speech.txt", "We sell rope and paint to sailors, and tar to nobody at all."),
        ("「鱼汤」", "tang.txt", "星期五有鱼汤给会员。"),
        ("哪里有“鱼汤”？", "tang.txt", "星期五有鱼汤给会员。"),
        ("「魚の汁」はいつありますか", "ryori.txt", "金曜日には魚の汁があります。"),
        ('"แกงปลา"', "thai.txt", None),
        # What stands above a passage: a file name, a heading.
        ('"Harbour Lights"', "Harbour Lights.txt", None),
        ("What does the text say about “quiet hours at night”?", "rules.md", None),
    ],
)
def test_a_phrase_is_found_as_it_is_written(
    kitchen: Assistant, question: str, document: str, marked: str | None
) -> None:
    answer = kitchen.ask(question)
    assert answer.answered
    assert answer.missing == ()
    assert {passage.document for passage in answer.passages} == {document}
    first = answer.passages[0]
    if marked:
        assert [mark.of(first.text) for mark in first.marks] == [marked]


@pytest.mark.parametrize(
    ("question", "phrase", "nearest"),
    [
        ('"soup for sale"', "soup for sale", ()),
        ("Where is “fish soups” served?", "fish soups", ("fish soup",)),
        ("“fish soup for guests”", "fish soup for guests", ()),
        ('"not to be or to be"', "not to be or to be", ()),
        ("「汤鱼」", "汤鱼", ()),
        # Beyond a paragraph.
        ('"line here stands above"', "line here stands above", ()),
        # Words in quotation marks are no typos, and no courtesy.
        ('"fihs soup"', "fihs soup", ()),
        ('"thank you"', "thank you", ()),
    ],
)
def test_a_phrase_that_no_passage_has_is_said(
    kitchen: Assistant, question: str, phrase: str, nearest: tuple[str, ...]
) -> None:
    answer = kitchen.ask(question)
    assert not answer.answered
    assert answer.read_as == {}
    assert [(each.word, each.elsewhere) for each in answer.missing] == [(phrase, False)]
    assert set(nearest) <= set(answer.missing[0].nearest)
    assert answer.passages
    assert Answer.model_validate(answer.to_json()) == answer


def test_several_phrases_stand_in_one_passage_if_any_has_them_all(kitchen: Assistant) -> None:
    both = kitchen.ask('Who has "fish soup" and "guests bring bread"?')
    assert [passage.document for passage in both.passages] == ["club.txt"]
    apart = kitchen.ask('"fish soup" or "rope and paint"')
    assert apart.answered
    assert {passage.document for passage in apart.passages} == {"club.txt", "speech.txt"}
    one = kitchen.ask('Is there "fish soup" with "garlic bread"?')
    assert not one.answered
    assert [each.word for each in one.missing] == ["garlic bread"]


def test_a_phrase_is_looked_for_in_the_scope_and_after_other_turns(kitchen: Assistant) -> None:
    limited = kitchen.ask('"fish soup"', scope=Scope(folders=("menus",)))
    assert not limited.answered
    assert [(each.word, each.elsewhere) for each in limited.missing] == [("fish soup", True)]
    history = [Turn("user", "When are the nets dried on the quay?"), Turn("assistant", "Nets are dried on the quay.")]
    assert kitchen.ask('And "fish soup"?', history=history).passages[0].document == "club.txt"


def test_a_question_without_quotation_marks_is_asked_as_before(kitchen: Assistant) -> None:
    assert len(kitchen.ask("Is there fish soup in the club's mill?").passages) == 5

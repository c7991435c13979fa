"""The language of a text, told by short sentences of many languages."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
import tantivy

from citewell.text.language import detect, function_words

_SENTENCES: dict[str, list[str]] = defaultdict(list)
for _line in Path(__file__).with_name("languages.txt").read_text(encoding="utf-8").splitlines():
    _SENTENCES[_line.split("\t")[0]].append(_line.split("\t")[1])
_LISTS = (
    "en de fr es it pt nl sv da no fi pl cs sk hu ro ru uk bg el tr ar fa he hi id vi ca hr zh ja ko th".split()  # noqa: SIM905
)
# Sentences that are the same in Danish and Norwegian but for a letter or a word that is in neither list.
_ALIKE = {"no": 0.5}


@pytest.mark.parametrize("language", _SENTENCES)
def test_a_short_sentence_tells_its_language(language: str) -> None:
    wrong = [sentence for sentence in _SENTENCES[language] if detect(sentence) != language]
    share = 1 - len(wrong) / len(_SENTENCES[language])
    assert share >= _ALIKE.get(language, 0.85), wrong


@pytest.mark.parametrize("language", _SENTENCES)
def test_a_text_tells_its_language(language: str) -> None:
    assert detect(" ".join(_SENTENCES[language])) == language
    assert detect("\n\n".join(_SENTENCES[language] * 200)) == language


@pytest.mark.parametrize("text", ["", "  \n", "12 345,00", "?!", "4077 | 12.5 | 99", "+49 30 123456"])
def test_figures_tell_no_language(text: str) -> None:
    assert detect(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Maria Lopez",
        "Hans Müller",
        "Paris",
        "Berlin, Madrid, Roma, Wien",
        "Anna Meier, John Smith, Paolo Rossi, Yuki Tanaka",
    ],
)
def test_names_tell_no_language(text: str) -> None:
    assert detect(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "KX-4410",
        "E-102",
        "ACME-2000 / B-17",
        "v2.10.3",
        "foo.bar(baz)",
        "README.md",
        "42 kg",
        "anna.meier@example.org",
        "www.example.org",
        "https://example.org/is/the/way?to=be",
        "C:\\die\\und\\der.txt",
        "the_und_die",
    ],
)
def test_codes_and_addresses_tell_no_language(text: str) -> None:
    assert detect(text) is None


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("What does E-102 mean?", "en"),
        ("WANN KOMMT DER ZUG?", "de"),
        ("wie lange gilt die garantie", "de"),
        ("ou se trouve la gare", "fr"),
        ("cuanto cuesta el billete", "es"),
        ("Was steht auf https://example.org/what/is/the/answer?", "de"),
        ("dishwasher leaks", "en"),
        ("vaatwasser lekt", "nl"),
    ],
)
def test_a_question_is_told_by_a_few_words_however_it_is_typed(question: str, language: str) -> None:
    assert detect(question) == language


def test_a_list_of_names_tells_no_language() -> None:
    assert detect("\n".join(f"{name} Smith-{nth}" for nth in range(9) for name in ("Jan", "Ole", "Bob"))) is None


def test_a_word_in_each_row_of_a_table_tells_no_language() -> None:
    parts = ("Gasket", "Rotor", "Stator", "Float switch", "Check valve", "Drain plug", "O-ring", "Terminal box")
    rows = "\n".join(f"| PX-{nth} | {part} size {nth % 4} | {nth}.40 |" for nth, part in enumerate(parts * 6, 4000))
    # In Turkish, "size" and "o" are pronouns.
    assert detect(f"# Spares\n\n| Number | Part | Price |\n|---|---|---:|\n{rows}\n") in {None, "en"}
    assert detect("Bu kitap size yararlı olacak. Size bir mektup var, ama size kim yazdı bilmiyoruz.") == "tr"


def test_only_the_languages_that_come_into_question() -> None:
    assert detect("Hvor ligger biblioteket?", ["no", "en"]) == "no"
    assert detect("Hvor ligger biblioteket?", ["da", "en"]) == "da"
    assert detect("图书馆在哪里？", ["de", "en"]) is None
    assert detect("Die Lampe ist grün.", ["nl"]) == "nl"


def test_names_of_another_script_do_not_turn_a_text() -> None:
    assert detect("The word 東京 means Tokyo, and Москва is Moscow.") == "en"
    assert detect("東京 (Tokyo) は日本の首都です。") == "ja"


@pytest.mark.parametrize("language", _LISTS)
def test_a_list_of_function_words(language: str) -> None:
    words = function_words(language)
    assert 60 <= len(words) <= 350
    assert all(word == word.lower().strip() for word in words)


def test_a_language_without_a_list_has_no_function_words() -> None:
    assert function_words("tlh") == frozenset()


def test_english_has_the_stop_words_of_tantivy() -> None:
    stops = "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this"
    analyser = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.stopword("english")).build()
    )
    assert analyser.analyze(stops) == []
    assert set(stops.split()) | {"to", "was", "will", "with"} <= function_words("en")


def test_no_model_is_loaded() -> None:
    code = (
        "import sys; from citewell.text.language import detect; detect('Die Lampe ist grün.');"
        "sys.exit(bool({'torch', 'nupunkt'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# Words that a question can be about. The function words of these scripts cut runs of characters, wherever they stand.
_SUBJECTS = {
    "zh": "就业 对象 还款 首都 会议 能源 将来 参与 及格 普及 银行 和平 价格 地铁 个人 在线 现在 几何 要求 等级 著作 最高 比例",
    "ja": "さくら くるま つくえ たばこ こども りんご たまねぎ しょうゆ きつね みかん 料金 図書館 プリンター",
    "ko": "은행 회의 가격 에너지 결과 의사 이름 아이 대한민국 가을 과학 한국 인구 도시 나라 제품 지도 라면",
    "th": "น้ำมัน คุณภาพ รายได้ เคมี สามี ภูเขา ทรงผม ชนะ คะแนน เก็บเกี่ยว ว่าง บรรทุก โดยสาร ยากจน แต่งงาน ใบ",
}


@pytest.mark.parametrize("language", _SUBJECTS)
def test_what_a_question_is_about_has_no_function_word_in_it(language: str) -> None:
    cut = [
        (subject, word)
        for subject in _SUBJECTS[language].split()
        for word in function_words(language)
        if word in subject
    ]
    assert not cut

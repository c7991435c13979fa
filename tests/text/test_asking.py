"""Questions that sentences answer, in their own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.text.asking import question_from
from citewell.text.language import function_words
from citewell.text.lists import groups_of, languages_of

# Words that other sentences of the text have without capitals, and with.
SMALL = {"glaucoma", "photosynthesis", "fotosynteza", "фотосинтез", "университет", "annual"}
LARGE = {"marie", "angela", "curie"}


def is_small(word: str) -> bool | None:
    return True if word.lower() in SMALL else False if word.lower() in LARGE else None


@pytest.mark.parametrize(
    ("language", "sentence", "question"),
    [
        ("en", "A relief valve is a valve that opens above 6 bar.", "What is a relief valve?"),
        ("en", "**Photosynthesis** (from Greek) is the making of sugar.", "What is photosynthesis?"),
        ("en", "The [World Bank](https://example.org) is an institution.", "What is the World Bank?"),
        ("en", "The annual fee is $30 for members.", "What is the annual fee?"),
        ("en", "The P-200 was first introduced in May 2016 and weighs 84 kg.", "When was the P-200 first introduced?"),
        ("en", "Marie Curie was born in Warsaw on 7 November 1867.", "When was Marie Curie born?"),
        (
            "en",
            "The mechanical seal must be replaced every 4,000 hours.",
            "How often must the mechanical seal be replaced?",
        ),
        ("en", "The oil filter costs 38 euros.", "How much does the oil filter cost?"),
        (
            "de",
            "Die Bibliothek der Universität wurde 1912 in Bonn gegründet.",
            "Wann wurde die Bibliothek der Universität gegründet?",
        ),
        ("de", "Ein Überdruckventil ist ein Ventil.", "Was ist ein Überdruckventil?"),
        ("es", "La Universidad de Salamanca fue fundada en 1218.", "¿Cuándo fue fundada la Universidad de Salamanca?"),
        ("fr", "L’insuline humaine est une hormone.", "Qu’est-ce que l’insuline humaine ?"),
        ("it", "La biblioteca comunale fu fondata nel 1912.", "Quando fu fondata la biblioteca comunale?"),
        ("pt", "O museu nacional foi fundado em 1818.", "Quando foi fundado o museu nacional?"),
        (
            "nl",
            "De universiteit van Leiden werd in 1575 opgericht.",
            "Wanneer werd de universiteit van Leiden opgericht?",
        ),
        ("sv", "En ventil är en anordning.", "Vad är en ventil?"),
        ("pl", "Fotosynteza to proces.", "Co to jest fotosynteza?"),
        ("ru", "Университет был основан в 1755 году.", "Когда был основан университет?"),
        ("zh", "北京大学（简称北大）成立于1898年。", "北京大学是什么时候成立的？"),
        ("ja", "光合成とは、植物が行う反応である。", "光合成とは何ですか？"),
        ("ja", "鏡川（かがみがわ）は、高知県を流れる川である。", "鏡川とは何ですか？"),
        ("ko", "광합성이란 식물이 하는 반응이다.", "광합성이란 무엇인가요?"),
    ],
)
def test_a_sentence_of_a_known_form_makes_a_question(language: str, sentence: str, question: str) -> None:
    assert question_from(sentence, language, is_small=is_small, opens=True) == question


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        # Who it is, and not what.
        ("en", "Marie Curie is a physicist."),
        ("de", "Angela Merkel ist eine Politikerin."),
        # Which one is meant was said before.
        ("en", "It was founded in 1912."),
        ("en", "The company was founded in 1912."),
        ("en", "A bill was passed in 1912."),
        ("es", "El museo se inauguró en 1997."),
        ("zh", "该公司成立于1998年。"),
        # The subject is more than a phrase.
        ("en", "In 2012 the company was founded in 1912."),
        ("en", "The report shows the company is a success."),
        ("en", "The fee that members pay is 30 euros."),
        ("en", "An example of a valve is a tap."),
        # It is a count and no year; it is no name, as far as can be seen, and no other word, either.
        ("en", "The new method was used in 1200 hospitals."),
        ("en", "Garlic is planted in October."),
        # Somebody, and not something.
        ("ja", "坂本龍馬は、土佐の武士である。"),
        # The rest of another sentence, and a row.
        ("en", "annual fee is $30 for members."),
        ("en", "2007 net revenue is $30 for members."),
        # Nothing of it is known.
        ("en", ""),
        ("xx", "A relief valve is a valve."),
        (None, "A relief valve is a valve."),
    ],
)
def test_an_unclear_sentence_makes_none(language: str | None, sentence: str) -> None:
    assert question_from(sentence, language, is_small=is_small, opens=True) is None


def test_only_the_first_sentence_of_a_paragraph_defines_something() -> None:
    sentence = "A relief valve is a valve that opens."
    assert question_from(sentence, "en", is_small=is_small) is None
    assert question_from("The oil filter costs 38 euros.", "en", is_small=is_small) is not None


@pytest.mark.parametrize("language", languages_of("question_forms"))
def test_the_file_of_each_language_is_whole(language: str) -> None:
    assert function_words(language)
    groups = groups_of("question_forms", language)
    assert set(groups) == {"articles", "definite", "inside", "definition", "facts", "events"}
    lines = [line for name in ("definition", "facts", "events") for line in groups[name].splitlines() if line]
    assert lines
    for line in lines:
        sentence, question = line.split(" => ")
        assert sentence.startswith("{subject}")
        assert "{subject}" in question
    # All its forms are compiled.
    assert question_from("§ 1", language, is_small=is_small) is None


SUBJECT_WORDS = st.lists(
    st.sampled_from([
        "relief", "valve", "P-200", "Marie", "photosynthesis", "of", "der", "de", "que", "the", "**bold**", "[link](a.html)",
        "(old)", "it’s", "'", "-", "\\1", "{subject}", "{", "1912", "is a", "阀",
    ]),
    max_size=5,
).map(" ".join)  # fmt: skip
DEFINED = {
    "en": ("{} is a valve", "What is {}?"),
    "de": ("{} ist ein Ventil", "Was ist {}?"),
    "fr": ("{} est une vanne", "Qu’est-ce que {} ?"),
    "zh": ("{}是一种阀", "{}是什么？"),
}


@pytest.mark.parametrize("language", DEFINED)
@given(st.sampled_from(["A", "An", "The", "Ein", "Die", "L’", "Une", "", "P-200"]), SUBJECT_WORDS)
def test_a_question_has_only_words_of_its_sentence_and_of_its_form(language: str, start: str, words: str) -> None:
    defined, asked = DEFINED[language]
    sentence = defined.format(f"{start} {words}")
    question = question_from(sentence, language, is_small=is_small, opens=True)
    if question is None:
        return
    before, after = asked.split("{}")
    assert question.startswith(before)
    assert question.endswith(after)
    subject = question.removeprefix(before).removesuffix(after)
    plain = sentence.replace("*", "").replace("[link](a.html)", "link")
    assert subject.lower() in " ".join(plain.split()).lower()
    assert not {"\\1", "{", "{subject}"} & set(subject.split())
    assert subject.split()[-1].lower() not in function_words(language)

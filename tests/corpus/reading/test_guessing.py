"""Encodings that are not Unicode: found by the letters, in short texts and in long ones."""

from __future__ import annotations

import pytest

from citewell.corpus.reading.decoding import decode

# Short enough that chance would find another encoding, and none of the sentences of the benchmark.
TEXTS = {
    "The price of a pot is £5.": ["cp1252", "iso8859_1"],
    "“Quoted” – he’s here…": ["cp1252"],
    "Heat it to 90 °C for ½ hour.": ["cp1252", "iso8859_1"],
    "Le musée ferme à six heures.": ["cp1252", "iso8859_1"],
    "Die Tür ist während der Prüfung geschlossen.": ["cp1252", "iso8859_1"],
    "Mañana habrá otra excursión.": ["cp1252", "iso8859_1"],
    "Non è stato pagato.": ["cp1252", "iso8859_1"],
    "Vi ses på lördag.": ["cp1252", "iso8859_1"],
    "Zażółć gęślą jaźń": ["cp1250", "iso8859_2"],
    "Příliš žluťoučký kůň úpěl.": ["cp1250", "iso8859_2"],
    "Az őrség kulcsa a fűtőnél van.": ["cp1250", "iso8859_2"],
    "Кран поднимает девять тонн.": ["cp1251", "koi8_r"],
    "ВХОД ВОСПРЕЩЁН": ["cp1251", "koi8_r"],
    "Кран KX-4410 стоїть у дворі.": ["cp1251", "koi8_u"],
    "このクレーンは九トンを持ち上げます。": ["shift_jis", "euc_jp"],
    "这台起重机能吊起九吨。": ["gb18030"],
    "這台起重機能吊起九噸。": ["big5"],
    "이 기중기는 아홉 톤을 들어 올린다.": ["euc_kr"],
}


@pytest.mark.parametrize(
    ("text", "encoding"), [(text, encoding) for text, names in TEXTS.items() for encoding in names]
)
@pytest.mark.parametrize("times", [1, 200])
def test_letters_find_the_encoding(text: str, encoding: str, times: int) -> None:
    whole = f"{text}\n" * times
    assert decode(whole.encode(encoding)).text == whole


@pytest.mark.parametrize(
    "text", ["Señor Núñez keeps the café on deck.", "Zażółć gęślą jaźń.", "Кран поднимает девять тонн."]
)
def test_one_sentence_decides_in_100_kilobytes_of_english(text: str) -> None:
    english = "The ferry leaves at seven from pier four. " * 1_200
    encoding = {"Señor": "cp1252", "Zażółć": "cp1250", "Кран": "cp1251"}[text.split()[0]]
    assert decode(f"{english}{text} {english}".encode(encoding)).text == f"{english}{text} {english}"


def test_a_broken_byte_does_not_change_the_encoding() -> None:
    text = "圖書館九點開門。" * 9
    decoded = decode(text.encode("big5") + b"\xff" + text.encode("big5"))
    assert decoded.text == f"{text}\ufffd{text}"
    assert "0xFF in line 1 (byte 144)" in decoded.warnings[0]

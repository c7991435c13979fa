"""Where sentences end, and where they do not."""

from __future__ import annotations

import pytest

from citewell.document import Block, Span
from citewell.text.graphemes import Graphemes
from citewell.text.sentences import sentences


def cut(text: str, kind: str = "prose", language: str | None = None) -> list[str]:
    block = Block(Span(0, len(text)), kind)  # type: ignore[arg-type]
    return [span.of(text) for span in sentences(text, block, Graphemes(text), language)]


@pytest.mark.parametrize(
    "expected",
    [
        ["Dr. Smith met Mrs. Jones at 5 p.m. on Friday.", "They spoke for an hour."],
        ["The U.S. economy grew by 3.5 per cent in 2023.", "Growth slowed later."],
        ["J. R. R. Tolkien wrote the book.", "It sold well."],
        ["See Fig. 3 and Eq. 2 for details.", "The effect is clear."],
        ["Use tools, e.g. a hammer, i.e. something heavy.", "Then stop."],
        ["Visit https://example.org/a.b?c=1.2 for more.", "It is free."],
        ["He paused... and then went on.", "Nobody moved."],
        ["“Is it true?” she asked.", "“Yes.”"],
        ['She said "Stop. Go home." and left.', "He stayed."],
        ["She said “Stop. Go home.”, and left.", "He stayed."],
        ["The values were 0.05, 1.2 and 3.14.", "All were significant."],
        ["Smith et al. reported a rise (p < 0.001).", "Others did not."],
        ["He works at Acme Inc. in Boston.", "She works elsewhere."],
        ["It costs $1.50 vs. $2.00 last year.", "Prices rise."],
        ["Email me at a.b@example.com.", "I will reply."],
        ["Wait!", "Are you sure?", "Yes."],
    ],
    ids=lambda expected: expected[0][:30],
)
def test_sentences(expected: list[str]) -> None:
    assert cut(" ".join(expected)) == expected


@pytest.mark.parametrize(
    "word", ["hall", "month", "bus", "lab", "bin", "horse", "week", "sun", "them", "now", "wardrobe", "bed", "tax"]
)
def test_an_ordinary_word_ends_a_sentence(word: str) -> None:
    assert cut(f"It is kept near the {word}. Marcus has a spare.") == [
        f"It is kept near the {word}.",
        "Marcus has a spare.",
    ]


@pytest.mark.parametrize(
    "short",
    ["incl. VAT", "vol. II", "dept. Head", "approx. Ten", "art. VIII", "sec. B", "no. A12", "tel. Office", "p. Two"],
)
def test_an_abbreviation_does_not(short: str) -> None:
    assert len(cut(f"It is said in the {short} here and there.")) == 1


def test_a_wrapped_sentence_is_one() -> None:
    text = "A sentence that an editor\nwrapped at a short line\nis still one. So is this."
    assert cut(text) == ["A sentence that an editor\nwrapped at a short line\nis still one.", "So is this."]


def test_the_end_of_a_long_line_is_an_end() -> None:
    long = "words and more words without a stop " * 8
    assert cut(f"{long.strip()}\nanother line") == [long.strip(), "another line"]


def test_code_is_cut_at_line_ends_only() -> None:
    assert cut("x = 1. + 2.\r\nprint(x). Done.\n", "verbatim") == ["x = 1. + 2.", "print(x). Done."]


def test_no_cut_inside_a_grapheme() -> None:
    text = "One ends here. \u0301Two begins with a stray accent. 👩‍👩‍👧 Three."
    edges = {0, *range(15)} | {len(text)}
    for sentence in cut(text):
        start = text.index(sentence)
        assert start == 0 or text[start] != "\u0301"
        edges.add(start)
    assert "".join("".join(cut(text)).split()).replace("\u0301", "") == "".join(text.split()).replace("\u0301", "")


def test_a_long_block_is_cut_as_its_sentences_are_alone() -> None:
    parts = [
        "Dr. Smith met Mrs. Jones at 5 p.m. on Friday.",
        "They spoke for an hour, e.g. about rain, and “It rains. It pours.” was said, and so on.",
        "See Fig. 3 for details of what they measured there.",
        "He paused . . . and then went on to speak of plain and simple things without end?",
        "Yes!",
    ]
    for shift in range(0, 60, 7):
        expected = ["So it began in " + "many " * shift + "words.", *parts * 60]
        assert cut(" ".join(expected)) == [part.strip() for part in expected]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Vom 12. bis 14. Juni ist Markt. | Sie zog im 19. Jahrhundert um. | Es kostet 5 Mio. Euro."),
        (
            "de",
            "Der Aufzug hält im 4. Obergeschoss. | Das steht in Abs. 3 Satz 1. | Er kam auf Platz 2. | Danach ging er.",
        ),
        (
            "de",
            "Frau Dr. Weber wohnt in der Hauptstr. 12. | „Halt! Wer da?“, rief er. | Er trank Vitamin C. | Die Nacht kam.",
        ),
        ("fr", "Selon l'art. 5, c'est gratuit. | Mme Petit dit non. | Voir p. 12. | « Oui ! Bien sûr ! », dit-il."),
        ("es", "La Sra. Gil vive en la Avda. Goya. | Dijo que no. | Véase el cap. 4. | ¿Cuándo? | ¡Hoy!"),
        ("cs", "Poplatek činí 200 Kč vč. DPH. | Sídlo má spol. Kotva zde. | Trasa měří 5 km. | Dále vede pěšina."),
        ("nl", "Zie blz. Vijf en verder. | De boot weegt 3 kg. | Dan komt niets."),
        ("sv", "Mötet leds av ordf. Lind. | Båten väger 9 kg. | Sedan är det slut."),
        ("cs", "Spadl mu prst. | Potom nic."),
        ("it", "Il dott. Neri abita in via Roma. | Si veda l'art. 7. | Fa freddo, ecc. ma si esce. | Si va."),
        ("pt", "A Dra. Lima chegou às 9. | Veja o art. 8. | O Sr. Reis disse que não."),
        ("nl", "Zie blz. 12 en art. 4. | Mevr. De Boer belt, bijv. morgen. | Dat is o.a. voor hem."),
        ("sv", "Kungen kom kl. 9 med t.ex. dr. Ek. | Se kap. 4. | Bröd, ost m.m. finns här."),
        ("da", "Butikken åbner den 3. oktober kl. 9. | Se f.eks. art. 12. | Han bor på 2. sal."),
        ("no", "Han bor i 2. etasje. | Den 17. mai er fri. | Det gjelder bl.a. dr. Lie."),
        ("pl", "Biuro jest przy ul. Zielonej 3. | Zob. art. 7. | To był np. prof. Lis. | W 1918 r. otwarto most."),
        ("cs", "Obchod je ve 3. patře. | Otevírá 1. května. | Viz odst. 4. | Přišel např. Ing. Malý."),
        ("sk", "Obchod je na 2. poschodí. | Otvára 1. mája. | Pozri čl. 4. | Prišiel napr. Ing. Malý."),
        ("ru", "Магазин на ул. Мира, д. 7. | Хлеб, сыр и т. д. | Автор — Л. Н. Толстой. | См. гл. 4."),
        ("uk", "Крамниця на вул. Миру, буд. 7. | Хліб, сир і т. д. | Див. ст. 4."),
        ("fi", "Kauppa on 3. kerroksessa. | Se aukeaa 1. toukokuuta. | Ks. s. 12. | Tuo esim. leipää."),
        ("hu", "A bolt a 2. emeleten van. | Május 1. ünnep. | Pl. dr. Kis is jön."),
        ("tr", "Dükkan 2. katta. | Bkz. s. 12. | Prof. Kaya geldi."),
        ("ro", "Magazinul e pe str. Lungă. | Vezi art. 4. | Dl. Pop a venit."),
        ("el", "Ο κ. Παππάς ήρθε. | Πού είναι; | Βλ. σελ. 12."),
        (None, "Am 3. Oktober ist frei. | Das war gut. | König Oskar II. im Jahr 1890."),
        (None, "He came in 3. | August was hot. | It rained."),
    ],
)
def test_sentences_of_other_languages(language: str | None, text: str) -> None:
    expected = text.split(" | ")
    assert cut(" ".join(expected), language=language) == expected


@pytest.mark.parametrize(
    "expected",
    [
        ["停车场在北门。", "价格是３．５元！", "「行け。帰れ。」と言った。", "好吗？"],
        ["यह पहला वाक्य है।", "यह दूसरा है।"],
        ["هل أنت هنا؟", "نعم أنا هنا.", "ٹھیک ہے۔"],
    ],
)
def test_stops_of_other_scripts(expected: list[str]) -> None:
    joined = " ".join(expected)
    assert cut(joined) == expected
    assert cut("".join(expected[:2])) == expected[:2] or " " in expected[0]


def test_thai_is_cut_at_spaces_and_not_before_a_number() -> None:
    text = "ร้านอาหารเปิดทุกวันจันทร์ถึงศุกร์ ราคาอาหารกลางวัน 45 บาทต่อคน เด็กอายุต่ำกว่า 10 ปีทานฟรี"
    found = cut(text)
    assert len(found) == 2
    assert " ".join(found) == text
    assert "45 บาทต่อคน" in found[0]


@pytest.mark.parametrize(
    "expected",
    [
        ["It closes at six.[^1]", "The plan is ![plan. A](a.B.png) by the door.", "See ![[a! B.png]] too."],
        ["Ask [Dr. No! Yes](http://a.b/C.d) first.", "Use `a. B` or `c! D`.", "Go to https://a.b/C?d=E now."],
        ["This is **important.**", "Is it *so?*", "**Note.** it is."],
        ["!!! warning Do not open.", "It is hot."],
        ["[^1]: Not on Sundays.", "Nor on Mondays."],
    ],
)
def test_no_cut_inside_the_signs_of_markdown(expected: list[str]) -> None:
    assert cut(" ".join(expected)) == expected


def test_an_item_is_whole_unless_it_is_long() -> None:
    assert cut("Open the valve. Wait a minute.", "item") == ["Open the valve. Wait a minute."]
    assert len(cut("Open the valve. Wait a minute. " * 15, "item")) == 30

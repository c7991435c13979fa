"""What an index keeps of a text is that of its format: whoever changes it increases the format."""

from __future__ import annotations

from hashlib import sha256

from citewell.index.manifest import FORMAT
from citewell.text.stops import sentence_starts
from citewell.text.terms import analyse

_TEXTS = {
    "en": (
        "The U.S.A. sells KX-4410-B, getUserByName and Wi-Fi for 1,234.50 dollars. It weighs 450 kg, or 2½ tons and 1/2.\n"
        "Pay to DE89 3704 0044 0532 0130 00 or call +47 22 33 44 55 on 03.04.2024, 2024-05-12 or June 7th, 2024 at 9:17.\n"
        "The keys are in the hall. Marcus has a spare, incl. VAT. Zoë Brontë asked Dr. Who.\n"
    ),
    "de": "Die Fähren fahren z. B. am 3. Mai um 9 Uhr. Der Straßenbau kostet 1.234,50 Euro, vgl. § 4a. Ende.\n",
    "zh": "急诊室开放。第3章的茶。圖書館約12,000冊，１２公里。",
    "ja": "図書館は約１２，０００円です。",
    "ar": "المكتبة مفتوحة كل يوم سنة ١٩٩٨. الكتب هنا.",
}
# What the texts above give, for the present format.
_KNOWN = {18: "219823324d275980"}


def test_what_is_kept_of_a_text_is_that_of_the_format() -> None:
    kept = [
        (
            [(term.text, term.parts, term.span.start, term.span.end) for term in analyse(text, language)],
            sentence_starts(text, language),
        )
        for language, text in _TEXTS.items()
    ]
    found = sha256(repr(kept).encode()).hexdigest()[:16]
    assert {FORMAT: found} == _KNOWN, "texts are analysed in another way: increase FORMAT in citewell/index/manifest.py"

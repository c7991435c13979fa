"""A German noun is no name because it has a capital: what the documents say in other words is answered, another name is not."""

from __future__ import annotations

import pytest

from citewell import Assistant
from citewell.search.names import looks_like_a_noun
from tests.support.encoders import prepared_multilingual
from tests.support.indexes import assistant_for

pytestmark = pytest.mark.long

FILES = {
    "praxis.md": (
        "# Praxis Dr. Behrens\n\nBlut wird nur nüchtern abgenommen. Frau Sommer sitzt am Empfang. "
        "Die Wände sind hellgrün gestrichen.\n"
    ),
    "bad.txt": "Schwimmbad\n\nSchüler zahlen 3 Euro. Das Becken wird auf 27 Grad geheizt. Montags ist geschlossen.\n",
    "haus.md": "# Ferienhaus Möwe\n\nDas Haus liegt 400 m vom Strand. Es schlafen dort sechs Leute. Hunde sind erlaubt.\n",
    "buecher.txt": "Bücherei\n\nBücher darf man vier Wochen behalten. Ein Ausweis kostet 15 Euro im Jahr.\n",
    "firma.md": "# Firma\n\nBei Problemen hilft Tarek Yildiz. Geschäftsreisen werden vom Chef genehmigt.\n",
    "verein.txt": "Verein\n\nDer Jahresbeitrag beträgt 20 Euro. Die Hauptversammlung findet im März statt.\n",
}


@pytest.fixture(scope="module")
def german(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    prepared_multilingual()
    return assistant_for(FILES, tmp_path_factory.mktemp("nouns"), "multilingual")


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("Welche Farbe haben die Wände der Praxis?", "praxis.md"),
        ("Welche Temperatur hat das Becken?", "bad.txt"),
        ("An welchem Wochentag ist das Schwimmbad geschlossen?", "bad.txt"),
        ("Für wie viele Personen ist das Haus?", "haus.md"),
        ("Sind Haustiere im Ferienhaus erlaubt?", "haus.md"),
        ("Wer genehmigt Dienstreisen?", "firma.md"),
    ],
)
def test_what_is_said_in_other_words_is_answered(german: Assistant, question: str, document: str) -> None:
    answer = german.ask(question)
    assert answer.answered
    assert answer.missing == ()
    assert answer.passages[0].document == document


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("Wo sitzt Frau Lindqvist?", "Lindqvist"),
        ("Wie weit liegt Hamburg vom Strand?", "Hamburg"),
        ("Wobei hilft Mehmet Kowalczyk?", "Kowalczyk"),
        # Another kind of the same.
        ("Wie hoch ist der Monatsbeitrag?", "Monatsbeitrag"),
        ("wann ist die vorstandsversammlung", "vorstandsversammlung"),
    ],
)
def test_another_name_or_kind_is_missing(german: Assistant, question: str, word: str) -> None:
    answer = german.ask(question)
    assert not answer.answered
    assert word in [missing.word for missing in answer.missing]


def test_the_encoder_tells_nouns_from_names(german: Assistant) -> None:
    view = german.view()
    names = ("Carla", "Lindqvist", "Yildiz", "Siemens", "Eiger", "Perseus")
    nouns = ("Farbe", "Personen", "Haustiere", "Ansprechpartner", "Kilometergeld", "Impfung")
    assert not any(looks_like_a_noun(word, view.snapshot, view.encoder) for word in names)
    assert all(looks_like_a_noun(word, view.snapshot, view.encoder) for word in nouns)

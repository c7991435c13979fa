"""A question that turns on what the documents lack is not answered from its neighbours."""

from __future__ import annotations

import pytest

from citewell import Answer, Assistant
from citewell.encoder.encoding import open_encoder
from citewell.search import names
from citewell.search.names import looks_like_a_name
from tests.support.encoders import noted_uses
from tests.support.indexes import assistant_for

FILES = {
    "parts.txt": "Parts\n\nThe gasket KX-4410-B costs 34 crowns. The gasket KX-4410-D costs 51 crowns.\n",
    "boats.txt": "Boats\n\nThe Alma carries 120 cars and needs 45 minutes. The Berta carries 80 cars.\n",
    "people.txt": "People\n\nInes Karlsen was born in Bergen in 1962. Olav Brekke was born in Molde in 1970.\n",
    "years.txt": "Members\n\nIn 2019 the club had 214 members. In 2020 the club had 198 members.\n",
    "ward.txt": "Hypothyroidism\n\nHypothyroidism is treated with levothyroxine, one tablet each morning.\n",
    "speech.txt": "Speech\n\nThe health of the nation is our first duty, and we will build forty hospitals by the river.\n",
    "station.txt": "Station\n\nPlatform 3 is closed. Platform 5 is wet. Lockers 20-29 are broken. The upstream pump is red.\n",
    "bahn.txt": "Bahn\n\nDie Linie 12 fährt nach Altona. Die Linie 14 fährt nach Wedel.\n",
    "care.txt": "Care\n\nLosartan is taken at night. Vinblastine is given weekly. Inbound mail is opened by Ada.\n",
    "salts.txt": "Salts\n\nBarium sulfite is in the red box. Postdoctoral grants are paid in May.\n",
    "guests.txt": "Gäste\n\nAm 11. Juni 2023 kam die Malerin. Am 14. Juni 2023 kam der Glaser.\n",
    "ferry.txt": "Ferry\n\nA ticket costs 12 euros for adults. Tickets are checked twice on board.\n",
    "fair.txt": "Fair\n\nThe fair takes place from 10 to 14 October 2022.\n",
    "hall.txt": "Hall\n\nThe hall has 4 doors and 60 seats. Explorers met there.\n",
    "book.txt": "Leihe\n\nDie Leihfrist wird auf Antrag verlängert. Bücher werden am Schalter reserviert.\n",
    "shop.txt": "Shop\n\nDelivery is free for orders above fifty euros. The employee pays a contribution of 4 percent.\n",
    "list.txt": "Orders\n\nRita Solheim ordered two lamps, four ropes and the catalogue of 2015.\n",
}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(FILES, tmp_path_factory.mktemp("turning"))


@pytest.mark.parametrize(
    ("question", "word", "nearest"),
    [
        ("How much does the gasket KX-4410-C cost?", "KX-4410-C", "KX-4410-B"),
        ("how much does the gasket kx-4410-c cost", "kx-4410-c", "KX-4410-B"),
        ("How many cars does the Carla carry?", "Carla", "Alma"),
        ("how many cars does the carla carry", "carla", "Alma"),
        ("How many members did the club have in 2017?", "2017", "2019"),
        ("Where was Knut Hansen born?", "Hansen", "Karlsen"),
        ("How is hyperthyroidism treated?", "hyperthyroidism", "Hypothyroidism"),
        ("Is platform 7 closed?", "7", "3"),
        ("are lockers 31 broken", "31", "20-29"),
        ("Wohin fährt die Linie 13?", "13", "12"),
        ("What colour is the downstream pump?", "downstream", "upstream"),
        ("When is valsartan taken?", "valsartan", "Losartan"),
        ("How often is vincristine given?", "vincristine", "Vinblastine"),
        ("Who opens outbound mail?", "outbound", "Inbound"),
        ("How much does the gasket KX-4410-A cost?", "KX-4410-A", "KX-4410-B"),
        ("Where is barium sulfate?", "sulfate", "sulfite"),
        ("When are predoctoral grants paid?", "predoctoral", "Postdoctoral"),
        ("Which contribution does the employer pay?", "employer", "employee"),
        ("Wer kam am 13. Juni 2023?", "13", "11"),
        ("Who came on 13 June 2023?", "13", "14"),
        ("Did the fair take place on 16 October 2022?", "16", "14"),
    ],
)
def test_what_is_missing_is_said_and_not_answered(mixed: Assistant, question: str, word: str, nearest: str) -> None:
    answer = mixed.ask(question)
    assert not answer.answered
    said = {missing.word: missing for missing in answer.missing}
    assert nearest in said[word].nearest
    assert not said[word].elsewhere
    assert Answer.model_validate(answer.to_json()) == answer


@pytest.mark.parametrize(
    ("question", "word"), [("How many members did the club have in 2015?", "2015"), ("Is platform 4 closed?", "4")]
)
def test_what_another_document_has_is_missing_at_the_place(mixed: Assistant, question: str, word: str) -> None:
    answer = mixed.ask(question)
    assert not answer.answered
    assert [(missing.word, missing.elsewhere) for missing in answer.missing] == [(word, True)]


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("How much does the gasket KX-4410-D cost?", "parts.txt"),
        ("How much does the gasket KX4410D cost?", "parts.txt"),
        ("How many cars does the Berta carry?", "boats.txt"),
        ("how many cars does the berta carry", "boats.txt"),
        ("How many cars does the vessel Berta carry?", "boats.txt"),
        ("Where was Ines Karlsen born?", "people.txt"),
        ("How many members did the club have in 2020?", "years.txt"),
        ("How is hypothyroidism treated?", "ward.txt"),
        ("Is platform 5 wet?", "station.txt"),
        ("Are lockers 24 broken?", "station.txt"),
        ("Wohin fährt die Linie 14?", "bahn.txt"),
        ("Does the hall have 4 doors?", "hall.txt"),
        ("Wer kam am 14. Juni 2023?", "guests.txt"),
        ("Did the fair take place on 12 October 2022?", "fair.txt"),
        ("What colour is the upstream pump?", "station.txt"),
        ("Wie kann ich die Leihfrist verlängern?", "book.txt"),
        ("Wo kann ich Bücher reservieren?", "book.txt"),
        ("When do you deliver for free?", "shop.txt"),
        ("What is the ticket price?", "ferry.txt"),
        (
            "What is the duty of the nation, according to President Hansen, and how many hospitals does it build?",
            "speech.txt",
        ),
    ],
)
def test_what_the_documents_have_is_answered(mixed: Assistant, question: str, document: str) -> None:
    answer = mixed.ask(question)
    assert answer.answered
    assert answer.missing == ()
    assert answer.passages[0].document == document


DATED = {
    "minutes_2021-05.txt": "Minutes\n\nThe hedge will be cut.\n",
    "minutes_2022-09-19.txt": "Minutes\n\nThe fence will be torn down.\n",
    "minutes_2023-03-13.txt": "Minutes\n\nThe fence will be built anew.\n",
}


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(DATED, tmp_path_factory.mktemp("dated"))


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("What was decided in September 2022 about the fence?", "minutes_2022-09-19.txt"),
        ("minutes of 13.03.2023 about the fence", "minutes_2023-03-13.txt"),
    ],
)
def test_a_date_is_not_missing_that_is_that_of_the_document(dated: Assistant, question: str, document: str) -> None:
    answer = dated.ask(question)
    assert answer.answered
    assert answer.passages[0].document == document


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("What was decided in October 2022 about the fence?", "October"),
        ("minutes of 14.03.2023 about the fence", "14.03.2023"),
        ("minutes of 14.05.2021 about the hedge", "14.05.2021"),
    ],
)
def test_another_date_is_missing(dated: Assistant, question: str, word: str) -> None:
    answer = dated.ask(question)
    assert not answer.answered
    assert word in [missing.word for missing in answer.missing]


def test_the_encoder_tells_names_from_other_words(mixed: Assistant) -> None:
    encoder = open_encoder(mixed.view().encoder.card)
    assert all(looks_like_a_name(word, encoder) for word in ("carla", "solheim", "oslo", "karlsen", "volvo"))
    assert not any(looks_like_a_name(word, encoder) for word in ("ferry", "vessel", "price", "renew", "harbour"))


def test_names_are_told_with_what_questions_are_encoded_with(mixed: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    uses = noted_uses(monkeypatch)
    monkeypatch.setattr(names, "remembered", lambda _encoder, _name, texts, encode: encode(texts))
    assert looks_like_a_name("karlsen", open_encoder(mixed.view().encoder.card))
    assert set(uses) == {"LATENCY"}


MODIFIED = {
    "terms.md": (
        "# Savings account\n\nThe minimum deposit is 50 euros. There is no maximum deposit in the first year.\n\n"
        "## Withdrawals\n\nThe maximum withdrawal is 2,000 euros a day. Withdrawals abroad cost 4 euros each.\n"
    ),
    "post.md": "# Post\n\nInbound parcels are kept for a week in the post room. Outbound letters are collected at four.\n",
    "club.txt": "Club\n\nThe indoor pool opens at six. The outdoor courts open at eight, and the indoor courts at nine.\n",
    "office.txt": (
        "Office\n\nExternal visitors sign in. Paid leave is granted by the manager. Asynchronous jobs run at night.\n"
    ),
    "urlaub.txt": "Urlaub\n\nUnbezahlten Urlaub bekommt, wer ein Kind pflegt. Die Überstunden werden bezahlt.\n",
    "museum.txt": "Museum\n\nThe museum is open Tuesday to Saturday. Tours are on Thursday at noon.\n",
    "ward.md": (
        "# Doses\n\n## Pressure\n\nClonidine is started at 50 micrograms.\n\n"
        "## Psychiatry\n\nChlorpromazine is started at 25 mg three times a day.\n\n## Pain\n\nThe dose of codeine is 30 mg.\n"
    ),
}


@pytest.fixture(scope="module")
def modified(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(MODIFIED, tmp_path_factory.mktemp("modified"))


@pytest.mark.parametrize(
    ("question", "word", "nearest"),
    [
        ("What is the minimum withdrawal?", "minimum", "maximum"),
        ("What happens to outbound parcels?", "outbound", "Inbound"),
        ("When does the outdoor pool open?", "outdoor", "indoor"),
        ("What is the dose of chlorpropamide?", "chlorpropamide", "Chlorpromazine"),
        # A word and its opposite, and words of which Snowball leaves one whole.
        ("Who grants unpaid leave?", "unpaid", "Paid"),
        ("When do synchronous jobs run?", "synchronous", "Asynchronous"),
        ("Do internal visitors sign in?", "internal", "External"),
        ("Wer bekommt bezahlten Urlaub?", "bezahlten", "Unbezahlten"),
    ],
)
def test_a_word_that_is_said_of_other_things_only_is_missing(
    modified: Assistant, question: str, word: str, nearest: str
) -> None:
    answer = modified.ask(question)
    assert not answer.answered
    said = {missing.word: missing.nearest for missing in answer.missing}
    assert nearest in said[word]


@pytest.mark.parametrize(
    "question",
    [
        "What is the maximum withdrawal?",
        "What is the minimum deposit?",
        "When are outbound letters collected?",
        "When do the outdoor courts open?",
        "Who grants paid leave?",
        "When do asynchronous jobs run?",
        "Wer bekommt unbezahlten Urlaub?",
        "is the museum open on thursday?",
    ],
)
def test_a_word_that_is_said_of_what_is_asked_is_not_missing(modified: Assistant, question: str) -> None:
    answer = modified.ask(question)
    assert answer.answered
    assert answer.missing == ()


CLINIC = {
    "rota.md": (
        "# Clinic rota\n\nDr. Nowak operates on Tuesdays. Dr. Bello sees patients on Mondays and Thursdays. "
        "Mr. Turner runs the front desk. In spring Dr. Who is on leave.\n\nThe clinic opens at eight.\n"
    ),
    "staff.md": (
        "# Staff\n\nProf. Adeyemi leads the laboratory. Ms. Fischer orders supplies. "
        "St. Mark's hospital takes urgent cases at night.\n"
    ),
    "harbour.md": (
        "# Harbour\n\nFishing boats land in the morning. Zoë Brontë keeps the records. We close in May. "
        "May Lin sweeps the pier.\n"
    ),
    "przychodnia.md": "# Przychodnia\n\nWe wtorki operuje dr. Zawadzka. Rejestrację prowadzi mgr. Lis od godziny ósmej.\n",
}


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(CLINIC, tmp_path_factory.mktemp("clinic"))


@pytest.mark.parametrize(
    ("question", "word", "nearest"),
    [
        ("When does Dr. Novak operate?", "Novak", "Nowak"),
        ("What does Mr. Tucker run?", "Tucker", "Turner"),
        ("What does Ms. Fisher order?", "Fisher", "Fischer"),
        ("What does Prof. Adebayo lead?", "Adebayo", "Adeyemi"),
        # Between the same two words, however much else is asked.
        ("Which cases does St. Luke's hospital take at night?", "Luke", "Mark"),
        ("On which days of the week does Dr Miller see his patients?", "Miller", "Bello"),
        ("Kiedy operuje dr. Nowicka?", "Nowicka", "Zawadzka"),
    ],
)
def test_another_name_behind_the_same_title_is_missing(
    clinic: Assistant, question: str, word: str, nearest: str
) -> None:
    answer = clinic.ask(question)
    assert not answer.answered
    assert {missing.word: missing.nearest[0] for missing in answer.missing} == {word: nearest}


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("When does Dr. Nowak operate?", "Dr. Nowak operates on Tuesdays."),
        ("What does Prof Adeyemi lead?", "Prof. Adeyemi leads the laboratory."),
        ("Which cases does St. Mark's hospital take at night?", "St. Mark's hospital takes urgent cases at night."),
        ("When is Dr. Who on leave?", "In spring Dr. Who is on leave."),
        ("What does Zoe Bronte keep?", "Zoë Brontë keeps the records."),
        ("Who closes in May?", "We close in May."),
        # At the start of a sentence, "May" may be no name, so that only its text tells.
        ("What does May sweep?", "May Lin sweeps the pier."),
        # A capital by mistake is no name.
        ("When Does the clinic open?", "The clinic opens at eight."),
    ],
)
def test_a_name_is_found_behind_its_title_and_without_foreign_accents(
    clinic: Assistant, question: str, quote: str
) -> None:
    answer = clinic.ask(question)
    assert answer.answered
    assert quote in answer.lead[0].text

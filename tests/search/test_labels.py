"""What has a number is asked for by its number: paragraphs, articles."""

from __future__ import annotations

from pathlib import Path

import pytest

from citewell import Assistant
from citewell.search.clauses import numbered_lines
from tests.support.indexes import assistant_for

NUMBERED = {
    "statutes.md": (
        "# Statutes\n\n## § 1 Name\n\nThe club is called Harbour Friends.\n\n## § 3 Members\n\nAnyone over nine may join.\n\n"
        "## § 4 Deposits\n\nA deposit of forty euros is paid on joining.\n\n## § 5 Board\n\nThe board has five seats.\n"
    ),
    "treaty.txt": (
        "Treaty of the islands\n\nArticle 6\n\nThe council meets each spring.\n\nArticle 7\n\nNo island may keep warships.\n\n"
        "Article 8\n\nThis treaty lasts for fifty years.\n"
    ),
}


GERMAN = {
    "hausordnung.md": (
        "# Hausordnung\n\n## § 4a Hunde\n\nHunde sind an der Leine zu führen.\n\n"
        "## §§ 15–17 Garten\n\nDer Garten gehört allen.\n\n## § 19 Keller\n\nDer Keller bleibt abgeschlossen.\n"
    ),
}


@pytest.fixture(scope="module")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(NUMBERED, tmp_path_factory.mktemp("numbered"))


@pytest.fixture(scope="module")
def german(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(NUMBERED | GERMAN, tmp_path_factory.mktemp("german"))


@pytest.mark.parametrize(
    ("question", "marked"),
    [
        ("What does § 4 say?", "A deposit of forty euros is paid on joining."),
        ("What does §5 say?", "The board has five seats."),
        ("¿Qué dice § 5?", "The board has five seats."),
        ("What is article 8 about?", "This treaty lasts for fifty years."),
        ("What does Article 7 say?", "No island may keep warships."),
    ],
)
def test_a_numbered_heading_is_asked_for_by_its_number(numbered: Assistant, question: str, marked: str) -> None:
    answer = numbered.ask(question)
    first = answer.passages[0]
    assert answer.answered
    assert [mark.of(first.text) for mark in first.marks] == [marked]


@pytest.mark.parametrize(
    ("question", "word"),
    [("What does § 9 say?", "9"), ("What does article 12 say?", "12")],
)
def test_a_heading_with_another_number_does_not_answer(numbered: Assistant, question: str, word: str) -> None:
    answer = numbered.ask(question)
    assert not answer.answered
    assert [each.word for each in answer.missing] == [word]


def test_a_question_that_asks_more_is_not_answered_by_the_heading_alone(numbered: Assistant) -> None:
    assert not numbered.ask("What is the salary of the cook in § 5?").answered


@pytest.mark.parametrize(
    ("question", "marked"),
    [
        ("Was regelt § 19?", "Der Keller bleibt abgeschlossen."),
        ("Was steht in § 4a?", "Hunde sind an der Leine zu führen."),
        ("Was steht in § 19?", "Der Keller bleibt abgeschlossen."),
        ("What does § 4 say?", "A deposit of forty euros is paid on joining."),
    ],
)
def test_a_number_is_not_that_of_a_neighbour_with_a_letter(german: Assistant, question: str, marked: str) -> None:
    answer = german.ask(question)
    first = answer.passages[0]
    assert answer.answered
    assert [mark.of(first.text) for mark in first.marks] == [marked]


@pytest.mark.parametrize(("question", "word"), [("Was steht in § 18?", "18"), ("Was steht in § 19a?", "19a")])
def test_a_number_that_no_heading_has_is_missing(german: Assistant, question: str, word: str) -> None:
    answer = german.ask(question)
    assert not answer.answered
    assert [each.word for each in answer.missing] == [word]


CODES = {
    "alarms.md": (
        "# Alarms\n\n## F28\n\nOpen the gas tap and start again.\n\n## F75\n\nRaise the pressure to two bar.\n\n"
        "## 429\n\nWait a minute before the next call.\n\n## 2019\n\nThe heating was renewed.\n"
    ),
    "start.md": "# Getting started\n\nKeys are made in the console. The club has nine members.\n",
}


@pytest.fixture(scope="module")
def codes(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(CODES, tmp_path_factory.mktemp("codes"))


@pytest.mark.parametrize(
    ("question", "marked"),
    [
        ("Die Anzeige meldet F75, was tun?", "Raise the pressure to two bar."),
        ("My boiler complains of F28, and now?", "Open the gas tap and start again."),
        ("I get a 429, what should I do?", "Wait a minute before the next call."),
    ],
)
def test_a_code_that_is_a_heading_is_what_a_question_is_about(codes: Assistant, question: str, marked: str) -> None:
    answer = codes.ask(question)
    first = answer.passages[0]
    assert answer.answered
    assert [mark.of(first.text) for mark in first.marks] == [marked]


@pytest.mark.parametrize("question", ["The display says F76, what now?", "Who won the world cup in 2019?"])
def test_neither_another_code_nor_a_year_is(codes: Assistant, question: str) -> None:
    assert not codes.ask(question).answered


LAPTOPS = {
    "inventory.csv": (
        "Code,Model,Room,Holder\nLT-0219,Latitude,B2,Ana Reis\nLT-0231,Latitude,B4,Kim Sorel\nLT-0240,ThinkPad,B2,Jo Weiss\n"
    ),
    "rules.md": (
        "# Laptops at home\n\nWho uses a laptop at home needs a lock. A laptop that is lost is reported on the same day.\n"
    ),
}


def test_the_place_with_the_code_of_a_question_comes_first(tmp_path: Path) -> None:
    laptops = assistant_for(LAPTOPS, tmp_path)
    answer = laptops.ask("Who uses laptop LT-0231?")
    assert (answer.answered, answer.passages[0].document) == (True, "inventory.csv")
    assert "Kim Sorel" in answer.passages[0].text
    # Without a code, what is said of laptops is first.
    assert laptops.ask("Who uses a laptop at home?").passages[0].document == "rules.md"


ORDINALS = {
    "protokoll.txt": (
        "Protokoll\n\nAnwesend waren 41 Mitglieder, davon 2 Gäste. Zum 1. Vorsitzenden wurde Jörg Müßig gewählt, zur "
        "Kassiererin Käthe Böß.\n"
    ),
    "sport.txt": "Spielplan\n\nDie 1. Mannschaft spielt am Samstag in Ahlen. Die 3. Mannschaft spielt am Sonntag in Hamm.\n",
    "haus.txt": "Haus\n\nDas Labor ist im 4. Stock. Schüler der 3. bis 6. Klasse essen um zwölf Uhr.\n",
}


@pytest.fixture(scope="module")
def ordinals(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(ORDINALS, tmp_path_factory.mktemp("ordinals"))


@pytest.mark.parametrize(
    "question",
    [
        "Wer wurde zum 1. Vorsitzenden gewählt?",
        "Wo spielt die 3. Mannschaft?",
        "Was ist im 4. Stock?",
        "Wann essen Schüler der 4. Klasse?",
    ],
)
def test_an_ordinal_is_found_before_its_word_or_in_a_range(ordinals: Assistant, question: str) -> None:
    assert ordinals.ask(question).answered


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("Wer ist 2. Vorsitzender?", "2"),
        ("Wo spielt die 2. Mannschaft?", "2"),
        ("Was ist im 3. Stock?", "3"),
        ("Wann essen Schüler der 8. Klasse?", "8"),
    ],
)
def test_another_ordinal_before_the_same_word_is_missing(ordinals: Assistant, question: str, word: str) -> None:
    answer = ordinals.ask(question)
    assert not answer.answered
    assert word in [each.word for each in answer.missing]


CLAUSES = {
    "lease.txt": (
        "Lease of the mooring\n\n1. The mooring\n\n1.1 The club lets the mooring at pier two.\n\n"
        "1.2 The lease runs for a season, and the\nmooring is cleared by 31 October.\n\n2. The fee\n\n"
        "2.1 The fee is 240 euros.\n\n2.2 It is paid in March.\n\n2.3 If one clause is void the others remain in force.\n"
    ),
    "mill.md": (
        "# Care of the grain mill\n\n## 4 Cleaning\n\n### 4.1 Stones\n\nBrush the stones when they are dry.\n\n"
        "### 4.2 Housing\n\nWipe it with a damp cloth. The mill runs on 2.9 amperes.\n\n"
        "### 4.3 Windows\n\nInstall the monitor on Windows:\n\n1. Open the settings.\n2. Choose the mill.\n"
    ),
    "rules.txt": (
        "Rules of the allotment\n\n1) Burning waste is not allowed.\n2) Hedges are cut before 9 March.\n"
        "3) Hens are allowed, cocks are not.\n4) Water is turned off on 30 October.\n"
    ),
    "terms.md": (
        "# Terms of the shop\n\n## 1 Orders\n\nOrders are sent on Mondays.\n\n## 2 Returns\n\nReturns are free for a month.\n\n"
        "## 3 Guarantee\n\nThe guarantee is two years long.\n"
    ),
    "rooms.md": (
        "# Rooms\n\nRooms 4, 5 and 6 are open until nine.\n\n1. Keep the doors shut.\n2. Leave no food behind.\n"
        "3. Switch the lamps off.\n"
    ),
}


HANDBOOK = {
    "handbook.md": (
        "# Staff handbook\n\n## 1. Hours\n\nWe work from nine.\n\n## 2. Holidays\n\nEveryone has 28 days of holiday.\n\n"
        "1. Ask your manager.\n2. Fill in the form.\n3. Wait for a week.\n\n## 3. Pay\n\nPay day is the 25th.\n\n"
        "## 4. Parental leave\n\nParental leave lasts 16 weeks.\n"
    ),
    "ordnung.md": (
        "# Benutzungsordnung\n\n## 1 Anmeldung\n\nFür die Anmeldung ist ein Ausweis nötig.\n\n"
        "## 2 Gebühren\n\nDie Gebühr beträgt zwölf Euro.\n\n## 3 Haftung\n\nFür Schäden haftet der Nutzer.\n"
    ),
    "minutes.txt": (
        "Minutes of the parish council\n\n1. Apologies were received from Mrs Lane.\n2. The bench is painted green.\n"
        "3. The footpath is closed until May.\n4. The next meeting is on 8 June.\n"
    ),
    "bus.txt": "Buses\n\nBus 4 leaves from the square at ten past each hour. Bus 6 goes to the harbour.\n",
}


@pytest.fixture(scope="module")
def handbook(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(HANDBOOK, tmp_path_factory.mktemp("handbook"))


@pytest.mark.parametrize(
    ("question", "marked"),
    [
        ("What does section 4 say?", "Parental leave lasts 16 weeks."),
        ("section 3 of the handbook", "Pay day is the 25th."),
        ("Was steht in Abschnitt 2 der Benutzungsordnung?", "Die Gebühr beträgt zwölf Euro."),
        ("What was item 2 of the minutes?", "2. The bench is painted green."),
        ("When does bus 4 leave?", "Bus 4 leaves from the square at ten past each hour."),
    ],
)
def test_a_part_of_a_document_is_asked_for_by_a_number_of_one_level(
    handbook: Assistant, question: str, marked: str
) -> None:
    answer = handbook.ask(question)
    first = answer.passages[0]
    assert answer.answered
    assert [mark.of(first.text) for mark in first.marks] == [marked]


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("What does section 9 of the handbook say?", "9"),
        ("Was regelt Abschnitt 7 der Benutzungsordnung?", "7"),
        ("When does bus 5 leave?", "5"),
    ],
)
def test_a_part_that_no_document_has_is_missing(handbook: Assistant, question: str, word: str) -> None:
    answer = handbook.ask(question)
    assert not answer.answered
    assert [missing.word for missing in answer.missing] == [word]


def test_a_part_of_a_document_does_not_answer_what_else_is_asked(handbook: Assistant) -> None:
    assert not handbook.ask("What does section 4 say about astronauts?").answered


@pytest.fixture(scope="module")
def clauses(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(CLAUSES, tmp_path_factory.mktemp("clauses"))


@pytest.mark.parametrize(
    ("question", "marked"),
    [
        ("What does clause 2.1 say?", "2.1 The fee is 240 euros."),
        ("section 2.2", "2.2 It is paid in March."),
        (
            "What does paragraph 1.2 of the lease say?",
            "1.2 The lease runs for a season, and the\nmooring is cleared by 31 October.",
        ),
        ("What does section 4.1 say?", "Brush the stones when they are dry."),
        ("chapter 4.2", "Wipe it with a damp cloth."),
        ("What is rule 3?", "3) Hens are allowed, cocks are not."),
        ("rule 2 of the allotment", "2) Hedges are cut before 9 March."),
    ],
)
def test_a_line_is_asked_for_by_the_number_with_which_it_begins(clauses: Assistant, question: str, marked: str) -> None:
    answer = clauses.ask(question)
    first = answer.passages[0]
    assert answer.answered
    assert marked in next(mark.of(first.text) for mark in first.marks)


@pytest.mark.parametrize(
    ("question", "word", "nearest"),
    [
        ("What does clause 2.4 say?", "2.4", ("2.2", "2.3")),
        ("What does section 4.7 of the mill say?", "4.7", ("4.2", "4.3")),
        ("What is rule 9?", "9", ("3", "4")),
        ("rule 30", "30", ("3", "4")),
    ],
)
def test_a_number_with_which_no_line_of_its_list_begins_is_missing(
    clauses: Assistant, question: str, word: str, nearest: tuple[str, ...]
) -> None:
    answer = clauses.ask(question)
    assert not answer.answered
    assert [(each.word, each.nearest) for each in answer.missing] == [(word, nearest)]


@pytest.mark.parametrize(
    "question",
    [
        "When is room 5 open?",
        "How do I install the monitor on Windows 10?",
        "Is the guarantee 24 months?",
        "Are returns free for 30 days?",
    ],
)
def test_a_number_that_is_said_elsewhere_or_beside_is_not_that_of_a_line(clauses: Assistant, question: str) -> None:
    assert clauses.ask(question).answered


def test_a_clause_does_not_answer_what_else_is_asked(clauses: Assistant) -> None:
    assert not clauses.ask("What does clause 2.1 say about astronauts?").answered


def test_a_line_that_begins_with_an_amount_is_no_item() -> None:
    text = "2.5 dl milk\n3 eggs\n\n1. Mix the milk\nand the flour.\n(2) Add the eggs.\n7-9. Later."
    lines = [(each.number, each.span.of(text), each.is_range) for each in numbered_lines(text)]
    assert lines == [
        ("2.5", "2.5 dl milk\n3 eggs", False),
        ("1", "1. Mix the milk\nand the flour.", False),
        ("2", "(2) Add the eggs.", False),
        ("7", "7-9. Later.", True),
    ]


CONTACTS = {
    "contacts.txt": (
        "Emergency contacts\n\nPlumber\n\nHarold Quaye, 0161 555 0142\n\nElectrician\n\nSusan Petrov, 0161 555 0188\n\n"
        "Locksmith\n\nDevi and Sons, 0161 555 0119\n\nIf nobody answers, ring the office before five.\n"
    ),
    "laundry.txt": "Laundry room\n\nWash before nine\n\nToken: 2 euros\n\nThe dryer takes an hour.\n",
    "keys.txt": "Keys\n\nCellar: blue\n\nYard: green\n\nEach lost one costs 30 euros.\n",
    "heating.txt": "Heating\n\nThe boiler is serviced in May. Radiators are bled by the tenants.\n",
    "rules.txt": "House rules\n\nBicycles stand in the yard. The lift is out of order on Sundays. Bins are emptied early.\n",
}


@pytest.fixture(scope="module")
def contacts(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(CONTACTS, tmp_path_factory.mktemp("contacts"))


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Who is the plumber?", "Harold Quaye"),
        ("who is the electrician", "Susan Petrov"),
        ("who is the locksmith?", "Devi and Sons"),
    ],
)
def test_what_stands_below_just_what_is_asked_answers(contacts: Assistant, question: str, name: str) -> None:
    answer = contacts.ask(question)
    # Not by chance, as one word of a question may be met.
    assert answer.confidence > 0.95
    assert name in answer.lead[0].text


def test_what_stands_below_something_else_does_not(contacts: Assistant) -> None:
    assert not contacts.ask("who is the baker?").answered

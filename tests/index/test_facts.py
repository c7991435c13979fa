"""The facts of all documents: which documents filters admit, and what is said of a name that no document has."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.answer import Filter
from citewell.document import Fact
from citewell.errors import UsageError
from citewell.index.facts import FactTable

PATHS = ["a.md", "Réports/2023/b.md", "Réports/c.md", "x/réports/d.md"]
FACTS = [
    (Fact("author", "Ann Lee", ""), Fact("date", "2023", ""), Fact("tag", "draft", ""), Fact("tag", "fees", "")),
    (Fact("author", "Bo Kim", ""), Fact("date", "2023-05", ""), Fact("tag", "Fees", ""), Fact("language", "de", "")),
    (Fact("author", "Bo Leeson", ""), Fact("date", "2024-02-01", ""), Fact("tag", "draft-2", "")),
    (Fact("title", "Ann: a life", ""),),
]
TABLE = FactTable(FACTS.__getitem__, PATHS)


@pytest.mark.parametrize(
    ("written", "admitted"),
    [
        (["author:lee"], [0]),
        (["author:ANN LEE"], [0]),
        (["author:Ann Lee", "author:bo kim"], [0, 1]),
        (["tag:draft"], [0]),
        (["tag:fees"], [0, 1]),
        (["tag:fees", "-tag:draft"], [1]),
        (["-tag:draft", "-author:lee"], [1, 2, 3]),
        (["title:life"], [3]),
        (["language:German"], [1]),
        (["lang:de", "language:de"], [1]),
        (["date:2023"], [0, 1]),
        (["date:2023-05"], [1]),
        (["-date:2023"], [2, 3]),
        (["after:2023"], [2]),
        (["after:2023-04"], [1, 2]),
        (["since:2023"], [0, 1, 2]),
        (["before:2024"], [0, 1]),
        (["before:2023-06"], [1]),
        (["until:2023"], [0, 1]),
        (["since:2023-02", "until:2023-12-31"], [1]),
        (["in:reports"], [1, 2, 3]),
        (["in:réports/2023/"], [1]),
        (["in:2023", "in:x"], [1, 3]),
        ([], [0, 1, 2, 3]),
    ],
)
def test_filters_admit(written: list[str], admitted: list[int]) -> None:
    filters = [
        Filter(name=each.lstrip("-").partition(":")[0], value=each.partition(":")[2], excluded=each.startswith("-"))
        for each in written
    ]
    assert TABLE.admitted(filters).tolist() == admitted


@pytest.mark.parametrize(
    ("name", "value", "message", "there"),
    [
        ("autor", "Lee", "no document has a fact 'autor'", "there are: date, author, tag, language, title"),
        ("author", "Le", "no document has author:Le", "Ann Lee, Bo Kim, Bo Leeson"),
        ("tag", "dra ft", 'no document has tag:"dra ft"', "fees, draft, draft-2"),
        ("after", "2024", "no document has after:2024", "from 2023 to 2024-02-01"),
        ("after", "May", "'May' is no date", "write 2023"),
        ("in", "reps", "no document has in:reps", "Réports, Réports/2023, x, x/réports"),
        ("in", "/", "no document has in:", "Réports"),
    ],
)
def test_a_name_or_a_value_that_no_document_has_names_what_there_is(
    name: str, value: str, message: str, there: str
) -> None:
    for excluded in (False, True):
        with pytest.raises(UsageError) as refused:
            TABLE.admitted([Filter(name=name, value=value, excluded=excluded)])
        assert refused.value.message.startswith(message)
        assert there in (refused.value.hint or "")


def test_names_are_those_that_tell_something_here() -> None:
    assert TABLE.names[:5] == ("date", "author", "tag", "language", "title")
    assert set(TABLE.names[5:]) == {"after", "before", "since", "until", "in"}
    assert FactTable(lambda _: (Fact("kind", "plain", ""),), ["a.txt"]).names == ("kind",)


def test_values_are_counted_also_among_some_documents() -> None:
    assert [(each.value, each.documents) for each in TABLE.values("tag")] == [("fees", 2), ("draft", 1), ("draft-2", 1)]
    admitted = TABLE.admitted([Filter(name="author", value="bo")])
    mask = np.isin(np.arange(len(PATHS)), admitted)
    assert [(each.value, each.documents) for each in TABLE.values("tag", mask)] == [("draft-2", 1), ("fees", 1)]


VALUES = st.sampled_from(["Ann", "ann", "Bo K", "é", "E", "x y"])
ROWS = st.lists(st.lists(VALUES, max_size=3), min_size=1, max_size=8)


@given(ROWS, st.lists(st.tuples(VALUES, st.booleans()), max_size=4))
def test_filters_of_one_name_are_or_and_each_exclusion_holds(
    rows: list[list[str]], wanted: list[tuple[str, bool]]
) -> None:
    def same(one: str, other: str) -> bool:
        return one.casefold().replace("é", "e") == other.casefold().replace("é", "e")

    def has(row: list[str], value: str) -> bool:
        return any(same(each, value) for each in row)

    facts = [tuple(Fact("tag", each, "") for each in row) for row in rows]
    table = FactTable(facts.__getitem__, [str(nth) for nth in range(len(rows))])
    there = [(value, excluded) for value, excluded in wanted if any(has(row, value) for row in rows)]
    filters = [Filter(name="tag", value=value, excluded=excluded) for value, excluded in there]
    some = [value for value, excluded in there if not excluded]
    none = [value for value, excluded in there if excluded]
    expected = [
        nth
        for nth, row in enumerate(rows)
        if (not some or any(has(row, each) for each in some)) and not any(has(row, each) for each in none)
    ]
    assert table.admitted(filters).tolist() == expected

"""Which words of a question a passage contains, by the index."""

from __future__ import annotations

from pathlib import Path

import pytest

from citewell import Assistant
from citewell.answer import Answer, FoundPassage
from citewell.text.own_words import FILE
from citewell.text.terms import terms_of
from citewell.web.chat.matched import asked_words, matched
from tests.support.indexes import assistant_for


@pytest.mark.parametrize(
    "question", ["What are the challenges of international cooperation?", "How do borders educate?"]
)
def test_they_are_those_of_the_text_and_of_its_headings(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question, top=8)
    found = matched(answer, assistant.view().snapshot)
    assert any(each.words for each in found.values())
    assert {rank: each.words for rank, each in found.items()} == {
        each.rank: _in_text(each, answer) for each in answer.passages
    }


def _in_text(passage: FoundPassage, answer: Answer) -> tuple[str, ...]:
    here = set(terms_of("\n".join([passage.title, *passage.section, passage.text]), "en"))
    return tuple(word for word in asked_words(answer) if here & set(terms_of(word, "en")))


@pytest.mark.usefixtures("encoder")
def test_another_name_counts_in_its_folder_only(tmp_path: Path) -> None:
    text = "Every employee has 25 days of annual leave in a year."
    assistant = assistant_for(
        {
            "staff/a.md": f"# Staff\n\n{text}\n",
            "b.md": f"# Others\n\n{text} It lapses.\n",
            FILE: "[staff]\nPTO = annual leave\n",
        },
        tmp_path,
    )
    answer = assistant.ask("How many days of PTO does an employee have?", top=8)
    found = matched(answer, assistant.view().snapshot)
    names = {each.document: found[each.rank].names for each in answer.passages}
    assert names == {"staff/a.md": (("annual leave", "PTO"),), "b.md": ()}

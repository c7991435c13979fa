"""What is written in another script of the same language is found: digits, traditional and simplified Chinese."""

from __future__ import annotations

import pytest

from citewell import Assistant
from tests.support.indexes import assistant_for

FILES = {
    "madrasa.txt": "المدرسة\n\nتأسست المدرسة سنة ١٩٩٨. يبلغ الرسم ٤٥٠ ريالا، وتبلغ المساحة ١٬٢٣٤٫٥ مترا.\n",
    "pustakalay.txt": "पुस्तकालय\n\nपुस्तकालय का शुल्क १५० रुपये है।\n",
    "kaisha.txt": "出張\n\n海外出張の日当は１２，０００円とする。国内は6,000円です。\n",
    "hall.txt": "體育館\n\n羽球場須於三天前預約。遺失鑰匙者，請向管理員登記。\n",
    "school.txt": "学校\n\n补考安排在开学后第二周进行。宿舍每晚十一点熄灯。\n",
}


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(FILES, tmp_path_factory.mktemp("scripts"))


@pytest.mark.parametrize(
    ("question", "document", "marked"),
    [
        ("1998", "madrasa.txt", "١٩٩٨"),
        ("450", "madrasa.txt", "٤٥٠"),
        ("1234.5", "madrasa.txt", "١٬٢٣٤٫٥"),
        ("150", "pustakalay.txt", "१५०"),
        ("12000円", "kaisha.txt", "１２，０００円"),
        ("６０００円", "kaisha.txt", "6,000円"),
        ("羽球场预约", "hall.txt", "羽球場須於三天前預約"),
        ("遗失钥匙", "hall.txt", "遺失鑰匙"),
        ("補考安排", "school.txt", "补考安排"),
        ("宿舍熄燈", "school.txt", "宿舍每晚十一点熄灯"),
    ],
)
def test_what_is_written_in_another_script_is_found(
    scripts: Assistant, question: str, document: str, marked: str
) -> None:
    weights = scripts.snapshot.weights(question)
    first = scripts.ask(question).passages[0]
    assert first.document == document
    assert any(marked in each.of(FILES[document]) for each in first.highlights)
    assert any(each.found for each in weights.concepts)
    assert not [each.concept.word for each in weights.concepts if each.concept.is_key and not each.found]


def test_other_figures_are_not_found(scripts: Assistant) -> None:
    found = [scripts.snapshot.weights(each).concepts[0].found for each in ("1997", "1998", "٤٥٠", "451", "12", "000")]
    assert found == [0, 1, 1, 0, 0, 0]

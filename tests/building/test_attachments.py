"""What is attached to a message is a document of its own, which comes, changes and goes with the message."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from citewell import IndexFolder, Settings, build
from citewell.index.changes import drifted
from citewell.index.status import status

pytestmark = pytest.mark.usefixtures("encoder", "prepared_once")


def _write(corpus: Path, plan: str) -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "Ada Wren <ada@example.org>", "The plan"
    message.set_content("The plan for the mill is attached.\n")
    message.add_attachment(plan.encode(), maintype="text", subtype="plain", filename="plan.txt")
    message.add_attachment(b"\x00\x01noise", maintype="application", subtype="octet-stream", filename="noise.bin")
    (corpus / "mail.eml").write_bytes(message.as_bytes())


def _texts(index: IndexFolder) -> dict[str, str]:
    catalogue = index.open().catalogue
    return {each.path: catalogue.document(each.path).text for each in catalogue.documents()}


def test_what_is_attached_comes_changes_and_goes_with_its_message(tmp_path: Path) -> None:
    corpus, index = tmp_path / "corpus", IndexFolder(tmp_path / "index")
    corpus.mkdir()
    # Between the message and what is attached to it, in the order of paths.
    (corpus / "mail.eml.txt").write_text("A note about the message, which is kept beside it.\n", encoding="utf-8")
    _write(corpus, "The mill grinds rye on Mondays.\n")
    first = build(corpus, index, Settings())
    assert sorted(_texts(index)) == ["mail.eml", "mail.eml.txt", "mail.eml/plan.txt"]
    assert [each.path for each in first.skipped] == ["mail.eml/noise.bin"]

    # Carried over with its message, and what could not be read is still named.
    (corpus / "mail.eml.txt").write_text("Another note about the message.\n", encoding="utf-8")
    second = build(corpus, index, Settings())
    assert (second.changed, second.unchanged) == (1, 1)
    assert _texts(index)["mail.eml/plan.txt"] == "The mill grinds rye on Mondays.\n"
    assert [each.path for each in second.skipped] == ["mail.eml/noise.bin"]
    assert drifted(corpus, index.open().catalogue.documents()) == {}
    assert [each.path for each in status(index).left_out] == ["mail.eml/noise.bin"]
    nothing = build(corpus, index, Settings())
    assert (nothing.up_to_date, [each.path for each in nothing.skipped]) == (True, ["mail.eml/noise.bin"])

    _write(corpus, "The mill grinds wheat on Fridays.\n")
    stale = drifted(corpus, index.open().catalogue.documents())
    assert stale == {"mail.eml": "changed", "mail.eml/plan.txt": "changed"}
    build(corpus, index, Settings())
    assert _texts(index)["mail.eml/plan.txt"] == "The mill grinds wheat on Fridays.\n"

    (corpus / "mail.eml").unlink()
    last = build(corpus, index, Settings())
    assert (sorted(_texts(index)), last.removed, last.skipped) == (["mail.eml.txt"], 1, ())

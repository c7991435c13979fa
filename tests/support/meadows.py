"""A corpus whose rebuild takes a while."""

from __future__ import annotations

from pathlib import Path


def meadow(corpus: Path, number: int) -> None:
    """Many documents, each with words of its own, so that a rebuild takes a while."""
    for nth in range(number):
        text = " ".join(f"In meadow {nth} grows herb {herb} beside stone {nth * herb}." for herb in range(40))
        (corpus / f"meadow{nth}.txt").write_text(f"Meadow {nth}\n\n{text}\n", encoding="utf-8")

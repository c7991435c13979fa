"""The paragraphs and tables of a file in Rich Text Format as blocks."""

from __future__ import annotations

from citewell.corpus.reading.extract import RawBlock
from citewell.corpus.reading.flowing import flat, paragraphs
from citewell.corpus.reading.tables import Cell, looks_like_names, table_blocks

_LAST_LEVEL = 8


class Paragraphs:
    """Collects blocks. ``pieces`` are those of the paragraph that is being read."""

    def __init__(self) -> None:
        self.blocks: list[RawBlock] = []
        self.pieces: list[str] = []
        self._level = 0
        self._style = 0
        self._label = ""
        self._is_in_table = False
        self._cell: list[str] = []
        self._row: list[str] = []
        self._rows: list[list[str]] = []
        self._heads = 0
        self._is_head = False
        self._beside: list[RawBlock] = []
        self._notes = 0
        self._levels: dict[int, int] = {}
        self._open_style = 0

    def take(self, word: str, number: int) -> bool:
        """Take a word that says what the paragraph is; return whether it is one."""
        if word == "pard":
            self._level = self._style = 0
            self._is_in_table = False
        elif word == "outlinelevel":
            self._level = number + 1 if 0 <= number <= _LAST_LEVEL else 0
        elif word == "s":
            self._style = number
        elif word == "intbl":
            self._is_in_table = True
        else:
            return False
        return True

    def take_style(self, word: str, number: int) -> None:
        """Take a word of the list of styles: a style's number, or its level."""
        if word == "s":
            self._open_style = number
        elif word == "outlinelevel" and 0 <= number <= _LAST_LEVEL:
            self._levels[self._open_style] = number + 1

    def take_table(self, word: str) -> bool:
        """Take a word that ends a cell or a row; return whether it is one."""
        if word == "cell":
            self._keep_cell()
            self._row.append("; ".join(self._cell))
            self._cell = []
        elif word == "row":
            self._end_row()
        elif word == "trhdr":
            self._is_head = True
        elif word == "trowd":
            self._is_head = False
        else:
            return False
        return True

    def take_apart(self, target: str, text: str) -> None:
        """Take the text of a group that is not part of the running text: a note, a text box, or the number of an item."""
        if target == "label":
            # A symbol of a font of signs is a bullet, whatever letter stands for it.
            self._label = text if any(map(str.isalnum, text)) or text in {"-", "–", "—"} else "•" if text else ""
        elif target == "footnote":
            self._notes += 1
            self.add_beside(f"Footnote {self._notes}: ", text)
        else:
            self.add_beside("", text)

    def add_beside(self, before: str, text: str) -> None:
        """Add a text after the paragraph."""
        if text:
            self._beside.append(RawBlock("prose", (before, text)))

    def end(self) -> None:
        """End a paragraph."""
        if self._is_in_table:
            self._keep_cell()
            return
        self._end_table()
        texts = paragraphs(self._taken())
        label, self._label = self._label, ""
        if texts:
            self.blocks += self._made(texts, label)
        self._add_beside()

    def finish(self) -> None:
        """End the file."""
        if self._is_in_table or self._row:
            self._keep_cell()
            self._row += ["; ".join(self._cell)] if self._cell else []
            self._end_row()
        self._is_in_table = False
        self.end()

    def _made(self, texts: list[str], label: str) -> list[RawBlock]:
        level = self._level or self._levels.get(self._style, 0)
        before = f"{label} " if label else ""
        if level:
            return [RawBlock("heading", (before + flat(" ".join(texts)),), level=level)]
        kind = "item" if label else "prose"
        first = RawBlock(kind, (before + texts[0],))  # type: ignore[arg-type]
        return [first, *(RawBlock(kind, (text,)) for text in texts[1:])]  # type: ignore[arg-type]

    def _keep_cell(self) -> None:
        text = flat(self._taken())
        label, self._label = self._label, ""
        if text:
            self._cell.append(f"{label} {text}" if label not in {"", "•"} else text)

    def _end_row(self) -> None:
        if self._is_head and self._heads == len(self._rows):
            self._heads += 1
        if any(self._row):
            self._rows.append(self._row)
        self._row, self._cell = [], []

    def _end_table(self) -> None:
        if self._row:
            self._end_row()
        rows, self._rows = self._rows, []
        heads, self._heads = self._heads, 0
        if not rows:
            return
        heads = heads or int(looks_like_names(rows[0], len(rows) - 1))
        if max(map(len, rows)) == 1:
            self.blocks += [RawBlock("prose", (row[0],)) for row in rows]
        else:
            self.blocks += table_blocks([[Cell(text) for text in row] for row in rows], heads)

    def _add_beside(self) -> None:
        self.blocks += self._beside
        self._beside = []

    def _taken(self) -> str:
        """Return the text of the paragraph, its halves of characters joined."""
        text = "".join(self.pieces)
        self.pieces.clear()
        return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

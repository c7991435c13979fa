"""What answers what in a passage: the sentences after a question, the list after a colon, the reply below what it quotes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from citewell.confidence import Calibration
from citewell.encoder.encoding import Encoder
from citewell.index.sentence_spans import Spans
from citewell.index.stored import StoredPassage
from citewell.text.announcing import is_question, last_announced
from citewell.text.lines import quote_depth

# After a question, so many sentences are looked at for one that answers.
_MOST = 3


class Dialogue:
    """The sentences of a passage, and which of them belong together.

    Args:
        passage: The passage.
        sentences: Its sentences.
        encoder: The encoder of the snapshot.
        calibration: What its cosines mean in this corpus.
    """

    def __init__(self, passage: StoredPassage, sentences: Spans, encoder: Encoder, calibration: Calibration) -> None:
        self._text = passage.text
        self._start = passage.span.start
        # Without such a sign, no line of it is quoted.
        self._may_quote = ">" in passage.text
        self._starts, self._ends = sentences.starts, sentences.ends
        self._encoder = encoder
        self._unrelated = calibration.unrelated
        self.count = len(self._starts)
        self.language = passage.language

    def sentence(self, number: int) -> str:
        """Return a sentence with what stands before it: in Markdown, the sign of a list item does."""
        return self._between(self._ends[number - 1] if number else self._starts[0], self._ends[number])

    def last_announced(self, number: int) -> int:
        """Return the number of the last sentence that one announces, or its own."""
        return last_announced(self.sentence, number, self.count, self.language)

    def apart(self, number: int) -> bool:
        """Return whether a sentence and the next are not of one text: the time of a subtitle is between, or one is quoted."""
        between = self._between(self._ends[number], self._starts[number + 1])
        return _has_a_line(between) or self._depth(number) != self._depth(number + 1)

    def is_unanswered(self, number: int) -> bool:
        """Return whether a sentence is a question that is quoted from a message, and no reply is below it."""
        depth = self._depth(number)
        return depth > 0 and self._asks(number) and self._depth(self.last_announced(number)) >= depth

    def answered(self, vector: npt.NDArray[np.float32], number: int, end: int) -> int:
        """Return the number of the sentence by which a question of the passage is answered.

        That is mostly the next. If that has nothing to do with the question ("Thank you for asking."), it is one after it.

        Args:
            vector: The unit vector of the question that is asked, which is like that of the passage.
            number: The number of the sentence that announces others.
            end: The number of the last of these; its own if it announces nothing.
        """
        if end == number or not self._asks(end - 1):
            return end
        after = range(end + 1, min(end + _MOST, self.count))
        stop = next((nth for nth in after if self.apart(nth - 1) or self._asks(nth)), after.stop)
        if stop <= end + 1:
            return end
        return next((nth for nth in range(end, stop) if self._is_related(vector, nth)), end)

    def _is_related(self, vector: npt.NDArray[np.float32], number: int) -> bool:
        cosine = np.float64(self._encoder.encode_sentence(self.sentence(number).strip()) @ vector)
        return float(self._encoder.card.fit.closeness(np.array([cosine]))[0]) > self._unrelated

    def _asks(self, number: int) -> bool:
        return is_question(self.sentence(number), self.language)

    def _depth(self, number: int) -> int:
        """Return how often the line is quoted in which a sentence starts."""
        if not self._may_quote:
            return 0
        text, at = self._text, self._starts[number] - self._start
        before, after = text[:at].rpartition("\n")[2], text[at:].partition("\n")[0]
        return quote_depth(before + after) or 0

    def _between(self, start: int, end: int) -> str:
        return self._text[start - self._start : end - self._start]


def _has_a_line(between: str) -> bool:
    """Return whether there is a line with words between two sentences: that is no language, such as the time of a subtitle."""
    # Between most sentences there is one space.
    return between.count("\n") > 1 and any(any(map(str.isalnum, line)) for line in between.split("\n")[1:-1])

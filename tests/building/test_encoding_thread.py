"""What is encoded in a thread comes in order, tells how far it is, and ends when it is told to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from citewell.building.encoding_thread import EncodingThread
from citewell.encoder.encoding import Vectors

Progress = Callable[[int], None]


class _Lengths:
    """Encodes a text as its length; where it is told to, it waits before each text, and of an empty text it has no vector."""

    def __init__(self) -> None:
        self.goes_on = threading.Semaphore(0)
        self.waits = False
        self.threads: set[str] = set()

    def encode_documents(self, texts: Sequence[str], progress: Progress) -> Vectors:
        self.threads.add(threading.current_thread().name)
        for text in texts:
            if self.waits:
                self.goes_on.acquire()
            if not text:
                raise ValueError("an empty text")
            progress(1)
        return np.array([[len(text)] for text in texts], dtype=np.float32)


@pytest.fixture
def encoder() -> _Lengths:
    return _Lengths()


def _thread(encoder: Any) -> EncodingThread:
    return EncodingThread(encoder)


def test_each_part_has_its_vectors_from_one_thread(encoder: _Lengths) -> None:
    thread = _thread(encoder)
    coming = [thread.begin(["a" * nth], ["above", "it"]) for nth in range(1, 5)]
    assert [[each.tolist() for each in part.result()] for part in coming] == [
        [[[nth]], [[5], [2]]] for nth in range(1, 5)
    ]
    assert encoder.threads == {"encodes"}
    thread.close()


def test_an_error_is_raised_where_the_vectors_are_wanted_and_ends_nothing_else(encoder: _Lengths) -> None:
    thread = _thread(encoder)
    first, second = thread.begin(["one", ""]), thread.begin(["two"])
    with pytest.raises(ValueError, match="an empty text"):
        first.result()
    assert second.result()[0].tolist() == [[3]]
    thread.close()


def test_it_tells_how_far_the_part_is_that_is_encoded_now(encoder: _Lengths) -> None:
    encoder.waits = True
    thread = _thread(encoder)
    first, second = thread.begin(["a", "b"], ["c"]), thread.begin(["d"])
    seen = {thread.encoded(first)}
    for _ in range(3):
        encoder.goes_on.release()
        while not first.done() and thread.encoded(first) == max(seen):
            threading.Event().wait(0.001)
        seen.add(3 if first.done() else thread.encoded(first))
    assert seen == {0, 1, 2, 3}
    assert thread.encoded(second) == 0
    encoder.goes_on.release()
    second.result()
    thread.close()


def test_what_nobody_wants_is_not_encoded_to_its_end(encoder: _Lengths) -> None:
    encoder.waits = True
    thread = _thread(encoder)
    coming = [thread.begin(["a"] * 1000), thread.begin(["b"] * 1000)]
    closing = threading.Thread(target=thread.close)
    encoder.goes_on.release(2)
    closing.start()
    # The first part ends with its next text, the second does not begin.
    for _ in range(500):
        encoder.goes_on.release()
        threading.Event().wait(0.001)
    closing.join(timeout=60)
    assert not closing.is_alive()
    for each in coming:
        with pytest.raises(Exception, match=r"^$"):
            each.result(timeout=0)


def test_nothing_begun_needs_no_thread(encoder: _Lengths) -> None:
    before = threading.active_count()
    _thread(encoder).close()
    assert threading.active_count() == before

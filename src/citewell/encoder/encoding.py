"""Texts to unit vectors, with a prepared encoder. Needs neither torch nor transformers if OpenVINO runs the model."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import regex

from citewell.encoder.batching import MicroBatches
from citewell.encoder.compiling import Compiler
from citewell.encoder.devices import CPU
from citewell.encoder.fitting import Means, centre
from citewell.encoder.models import Card, prepared_folder, verify_changed
from citewell.encoder.tokens import Tokens, TokensOf
from citewell.errors import EncoderError
from citewell.recent import Recent

Vectors = npt.NDArray[np.float32]
Progress = Callable[[int], None]

# Texts per inference request: enough to use the processor fully, few enough that padding costs little.
_BATCH = 16
# Requests are padded to multiples of this many tokens.
_STEP = 8
# The questions, and the sentences of documents, that were looked at last; a vector and a text are some kilobytes.
_MOST_QUESTIONS = 1_024
_MOST_SENTENCES = 1_024
_TOKENIZER = "tokenizer.json"
_WORD = regex.compile(r"\w+|[^\w\s]")


class EncoderWarning(UserWarning):
    """A model runs, but more slowly than expected."""


class Encoder(Protocol):
    """Turns texts into unit vectors of one dimension."""

    @property
    def card(self) -> Card:
        """The card of the model."""

    def token_offsets(self, text: str) -> npt.NDArray[np.int64]:
        """Return where each token starts and ends in the text, in code points, shape (n, 2)."""

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return unit vectors, shape (n, dimension); ``progress`` is called with the number of texts of each step."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the unit vectors of many questions, shape (n, dimension)."""

    def encode_query(self, text: str, *others: str) -> Vectors:
        """Return the unit vector of a question, shape (dimension,).

        Args:
            text: The question.
            others: Questions that will be encoded next, which may take less time at once.
        """

    def encode_sentence(self, text: str) -> Vectors:
        """Return the unit vector of a sentence of a document, shape (dimension,), with what questions are encoded with.

        What documents are encoded with needs memory that a server saves.
        """


def open_encoder(card: Card, device: str = CPU) -> Encoder:
    """Load a prepared encoder.

    Args:
        card: Its card.
        device: Where it runs (``citewell.encoder.devices``), if OpenVINO runs it.

    Raises:
        EncoderError: A file is missing or does not match its card, or there is no such device.
    """
    if card.runtime == "sentence-transformers":
        return SentenceTransformersEncoder(card)
    verify_changed(card)
    return OpenVinoEncoder(card, prepared_folder(card.identity), device)


class OpenVinoEncoder:
    """Runs the IR of a model. Thread-safe."""

    def __init__(self, card: Card, folder: Path, device: str = CPU) -> None:
        self.card = card
        self._means = Means(card)
        self._tokens = TokensOf(folder / _TOKENIZER, card.files[_TOKENIZER], card.max_tokens)
        self._compiler = Compiler(card, folder, device)
        self._request: Any = None
        self._batches: MicroBatches[Tokens, Vectors] = MicroBatches(self._infer)
        # The turns of a conversation come again with each question, and a question with other filters and for other readers.
        self._questions: Recent[str, Vectors] = Recent(_MOST_QUESTIONS)
        # The same few passages come up for many questions, and for each part of one.
        self._sentences: Recent[str, Vectors] = Recent(_MOST_SENTENCES)

    def token_offsets(self, text: str) -> npt.NDArray[np.int64]:
        """Return where each token starts and ends in the text, in code points, shape (n, 2)."""
        return self._tokens.documents.offsets(text)

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return unit vectors, shape (n, dimension); ``progress`` is called with the number of texts of each step."""
        vectors = self._encode([self.card.document_prompt + text for text in texts], progress)
        return centre(vectors, self._means.document)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the unit vectors of many questions, shape (n, dimension)."""
        return centre(self._encode([self.card.query_prompt + text for text in texts], None), self._means.query)

    def _encode(self, texts: Sequence[str], progress: Progress | None) -> Vectors:
        vectors = np.zeros((len(texts), self.card.dimension), dtype=np.float32)
        tokens = self._tokens.documents.of(texts)
        compiled = self._compiler.compiled("THROUGHPUT")
        running: deque[tuple[Any, npt.NDArray[np.int64]]] = deque()

        def finish() -> Any:  # noqa: ANN401
            # Not an AsyncInferQueue: its threads may still hold a callback when the process ends, which then hangs or aborts.
            request, rows = running.popleft()
            request.wait()
            vectors[rows] = request.get_output_tensor(0).data
            return request

        at_once = compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS")
        try:
            for rows in _batches_by_length(tokens):
                request = finish() if len(running) >= at_once else compiled.create_infer_request()
                request.start_async(self._inputs([tokens[row] for row in rows]))
                running.append((request, rows))
                if progress:
                    progress(len(rows))
        finally:
            # Also where a build is stopped: nothing may run when the process ends.
            while running:
                finish()
        return _unit(vectors)

    def encode_query(self, text: str, *others: str) -> Vectors:
        """Return the unit vector of a question, shape (dimension,), which cannot be written to.

        Args:
            text: The question.
            others: Questions that will be encoded next: those that are as long, in steps, are encoded with it.
        """
        known = self._questions.get(text)
        return self._encode_questions(text, others) if known is None else known

    def _encode_questions(self, text: str, others: Sequence[str]) -> Vectors:
        texts = [text, *(each for each in dict.fromkeys(others) if each != text and self._questions.get(each) is None)]
        every = self._tokens.questions.of([self.card.query_prompt + each for each in texts])
        length = _padded(every[0])
        together = {each: tokens for each, tokens in zip(texts, every, strict=True) if _padded(tokens) == length}
        vectors = self._batches.run_all(length, [*together.values()])
        found = [_kept(centre(vector, self._means.query)) for vector in vectors]
        for each, vector in zip(together, found, strict=True):
            self._questions.put(each, vector)
        return found[0]

    def encode_sentence(self, text: str) -> Vectors:
        """Return the unit vector of a sentence of a document, shape (dimension,), with what questions are encoded with."""
        known = self._sentences.get(text)
        if known is None:
            (tokens,) = self._tokens.questions.of([self.card.document_prompt + text])
            known = _kept(centre(self._batches.run(_padded(tokens), tokens), self._means.document))
            self._sentences.put(text, known)
        return known

    def _infer(self, tokens: Sequence[Tokens]) -> list[Vectors]:
        if self._request is None:
            self._request = self._compiler.compiled("LATENCY").create_infer_request()
        self._request.infer(self._inputs(tokens))
        return list(_unit(self._request.get_output_tensor(0).data.astype(np.float32)))

    def inputs(self, texts: Sequence[str]) -> dict[str, npt.NDArray[np.int64]]:
        """Return what the IR gets for some texts, by the names of its inputs, each with the shape (n, tokens)."""
        return dict(zip(self.card.inputs, self._inputs(self._tokens.documents.of(texts)), strict=True))

    def _inputs(self, tokens: Sequence[Tokens]) -> list[npt.NDArray[np.int64]]:
        # For each new shape, OpenVINO needs a preparation that costs more than a few padded tokens.
        shape = (len(tokens), max(map(_padded, tokens)))
        arrays = {
            "input_ids": np.full(shape, self.card.padding_id, dtype=np.int64),
            "attention_mask": np.zeros(shape, dtype=np.int64),
            "token_type_ids": np.zeros(shape, dtype=np.int64),
        }
        for row, each in enumerate(tokens):
            arrays["input_ids"][row, : len(each.ids)] = each.ids
            arrays["attention_mask"][row, : len(each.ids)] = 1
            arrays["token_type_ids"][row, : len(each.ids)] = each.type_ids
        return [arrays[name] for name in self.card.inputs]


class SentenceTransformersEncoder:
    """Runs a model that OpenVINO cannot convert."""

    def __init__(self, card: Card) -> None:
        from sentence_transformers import SentenceTransformer

        self.card = card
        self._means = Means(card)
        try:
            self._model = SentenceTransformer(card.folder, device="cpu", local_files_only=True)
        except (OSError, ValueError) as error:
            raise EncoderError(f"the model {card.model} is no longer in {card.folder}: {error}") from error

    def token_offsets(self, text: str) -> npt.NDArray[np.int64]:
        """Return the start and end of each word: without a fast tokeniser, lengths are measured in words."""
        spans = [match.span() for match in _WORD.finditer(text)]
        return np.array(spans, dtype=np.int64).reshape(-1, 2)

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return unit vectors, shape (n, dimension); ``progress`` is called with the number of texts of each step."""
        parts = [np.zeros((0, self.card.dimension), dtype=np.float32)]
        for start in range(0, len(texts), 8 * _BATCH):
            chosen = list(texts[start : start + 8 * _BATCH])
            parts.append(self._model.encode(chosen, prompt=self.card.document_prompt, show_progress_bar=False))
            if progress:
                progress(len(chosen))
        return centre(_unit(np.concatenate(parts).astype(np.float32)), self._means.document)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the unit vectors of many questions, shape (n, dimension)."""
        vectors = self._model.encode(list(texts), prompt=self.card.query_prompt, show_progress_bar=False)
        return centre(_unit(vectors), self._means.query)

    def encode_query(self, text: str, *others: str) -> Vectors:  # noqa: ARG002 - it encodes each when that is asked for
        """Return the unit vector of a question, shape (dimension,)."""
        vector: Vectors = self.encode_queries([text])[0]
        return vector

    def encode_sentence(self, text: str) -> Vectors:
        """Return the unit vector of a sentence of a document, shape (dimension,)."""
        vector: Vectors = self.encode_documents([text])[0]
        return vector


def _padded(tokens: Tokens) -> int:
    """Return to how many tokens a text is padded."""
    return -(-len(tokens.ids) // _STEP) * _STEP


def _batches_by_length(tokens: Sequence[Tokens]) -> Iterator[npt.NDArray[np.int64]]:
    """Yield rows of similar length, the longest first, so progress never slows down."""
    order = np.argsort([-len(each.ids) for each in tokens], kind="stable")
    for start in range(0, len(order), _BATCH):
        yield order[start : start + _BATCH]


def _kept(vector: Vectors) -> Vectors:
    """Return a vector that several threads may share, because nobody can write to it."""
    vector.flags.writeable = False
    return vector


def _unit(vectors: Vectors) -> Vectors:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(norms > 0, norms, 1)).astype(np.float32)

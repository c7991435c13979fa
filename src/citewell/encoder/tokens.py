"""Texts to the numbers of their tokens, as a model was trained with them.

Documents are divided by the model's own tokeniser. One with a large vocabulary of unigrams, as models of many languages have,
takes hundreds of megabytes, which a server that answers questions would only need for a build: questions are divided by
SentencePiece (Kudo and Richardson, 2018), which finds the same tokens in a fifth of the memory.
"""

from __future__ import annotations

import hashlib
import json
import re
import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from citewell.files import write_atomically

# Increase when what is kept of a vocabulary changes.
_VERSION = 1
_LENGTH = struct.Struct("<Q")
_DIGEST_BYTES = hashlib.sha256().digest_size
_UNIGRAMS = re.compile(rb'"type":\s*"Unigram"')


class Tokens(Protocol):
    """The tokens of a text: their numbers in the vocabulary, and of which type each is."""

    @property
    def ids(self) -> Sequence[int]:
        """The numbers."""

    @property
    def type_ids(self) -> Sequence[int]:
        """The types."""


class DocumentTokens:
    """Divides texts with a model's own tokeniser. Thread-safe.

    Args:
        file: The ``tokenizer.json`` of the model.
        most: The largest number of tokens that the model takes.
    """

    def __init__(self, file: Path, most: int) -> None:
        self._tokenizer = Tokenizer.from_file(str(file))
        self._most = most - self._tokenizer.num_special_tokens_to_add(is_pair=False)

    def of(self, texts: Sequence[str]) -> list[Tokens]:
        """Return the tokens of each of some texts; of long texts, the first."""
        # A tokeniser that truncates could not measure long lines, and one more of 250,000 words costs 300 MB.
        tokens = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        for each in tokens:
            each.truncate(self._most)
        return [self._tokenizer.post_process(each) for each in tokens]

    def offsets(self, text: str) -> npt.NDArray[np.int64]:
        """Return where each token starts and ends in the text, in code points, shape (n, 2)."""
        # Line by line, which is twice as fast on two processors as one long text.
        lines = text.splitlines(keepends=True)
        starts = np.cumsum([0, *map(len, lines)])
        tokens = self._tokenizer.encode_batch(lines, add_special_tokens=False)
        parts = [
            np.array(each.offsets, dtype=np.int64).reshape(-1, 2) + start
            for each, start in zip(tokens, starts, strict=False)
        ]
        return np.concatenate([np.zeros((0, 2), dtype=np.int64), *parts])


@dataclass(frozen=True, slots=True)
class _Plain:
    ids: list[int]

    @property
    def type_ids(self) -> list[int]:
        return [0] * len(self.ids)


class QuestionTokens:
    """Divides texts as `DocumentTokens` does, of a model whose vocabulary is unigrams. Thread-safe.

    Args:
        description: The content of ``tokenizer.json`` without its vocabulary.
        vocabulary: The vocabulary as a model of SentencePiece.
        most: The largest number of tokens that the model takes.
    """

    def __init__(self, description: dict[str, Any], vocabulary: bytes, most: int) -> None:
        from sentencepiece import SentencePieceProcessor

        # Of this one, only what it does before tokens are looked up is used.
        self._before = Tokenizer.from_str(json.dumps(description))
        self._pieces = SentencePieceProcessor(model_proto=vocabulary)
        self._known = {each["content"]: each["id"] for each in description["added_tokens"]}
        self._marks = re.compile("|".join(map(re.escape, sorted(self._known, key=len, reverse=True))) or r"(?!)")
        first, last = _edges(description) or ([], [])
        self._first, self._last = first, last
        self._most = most - len(first) - len(last)

    def of(self, texts: Sequence[str]) -> list[Tokens]:
        """Return the tokens of each of some texts; of long texts, the first."""
        return [_Plain([*self._first, *list(self._ids(text))[: self._most], *self._last]) for text in texts]

    def _ids(self, text: str) -> Iterator[int]:
        at = 0
        for mark in self._marks.finditer(text):
            yield from self._ids_between(text[at : mark.start()])
            yield self._known[mark.group()]
            at = mark.end()
        yield from self._ids_between(text[at:])

    def _ids_between(self, text: str) -> Iterator[int]:
        normal = self._before.normalizer.normalize_str(text) if self._before.normalizer else text
        words = [normal]
        if self._before.pre_tokenizer:
            words = [word for word, _ in self._before.pre_tokenizer.pre_tokenize_str(normal)]
        # More threads would have to be started for each question.
        return chain.from_iterable(self._pieces.encode(words, num_threads=1))


def question_tokens(file: Path, digest: str, most: int) -> QuestionTokens | None:
    """Return what divides questions, if it can be had without a model's own tokeniser.

    It is made of the file once and kept beside it, after a trial that finds the same tokens.

    Args:
        file: The ``tokenizer.json`` of the model.
        digest: Its SHA-256.
        most: The largest number of tokens that the model takes.
    """
    if find_spec("sentencepiece") is None:
        return None
    kept = file.with_name(f"questions-{hashlib.sha256(f'{_VERSION} {digest}'.encode()).hexdigest()[:16]}.bin")
    # It need not be there, or readable.
    with suppress(OSError):
        content = kept.read_bytes()
        if hashlib.sha256(content[_DIGEST_BYTES:]).digest() == content[:_DIGEST_BYTES]:
            return _opened(content[_DIGEST_BYTES:], most)
    made = _made(file, most)
    # A cache that cannot be written costs time only.
    with suppress(OSError):
        write_atomically(kept, hashlib.sha256(made).digest() + made, private=False)
    return _opened(made, most)


def _opened(content: bytes, most: int) -> QuestionTokens | None:
    if not content:
        return None
    (length,) = _LENGTH.unpack_from(content)
    end = _LENGTH.size + length
    return QuestionTokens(json.loads(content[_LENGTH.size : end]), content[end:], most)


def _made(file: Path, most: int) -> bytes:
    """Return what is kept: the length of the description, the description, and the vocabulary; nothing if it does not do."""
    from citewell.encoder.fitting import samples

    written = file.read_bytes()
    if not _UNIGRAMS.search(written):
        return b""
    description = json.loads(written)
    if not _is_plain(description):
        return b""
    model = description["model"]
    vocabulary = _vocabulary(model["vocab"], model["unk_id"], {each["id"] for each in description["added_tokens"]})
    unknown = model["vocab"][model["unk_id"]]
    description["model"] = model | {"vocab": [unknown], "unk_id": 0}
    theirs = DocumentTokens(file, most)
    ours = QuestionTokens(description, vocabulary, most)
    texts = [text for each in samples().values() for text in (*each.questions, *each.passages)]
    if any(one.ids != other.ids for one, other in zip(ours.of(texts), theirs.of(texts), strict=True)):
        return b""
    head = json.dumps(description).encode()
    return _LENGTH.pack(len(head)) + head + vocabulary


def _is_plain(description: dict[str, Any]) -> bool:
    """Return whether all that a tokeniser does can be done by these two."""
    model, added = description["model"], description["added_tokens"]
    is_exact = not any(each[how] for each in added for how in ("single_word", "lstrip", "rstrip", "normalized"))
    # Where a text has a mark, such a tokeniser treats what stands behind it otherwise.
    is_alike = '"first"' not in json.dumps(description["pre_tokenizer"])
    is_unigram = model["type"] == "Unigram" and not model.get("byte_fallback")
    return is_unigram and is_exact and is_alike and _edges(description) is not None


def _edges(description: dict[str, Any]) -> tuple[list[int], list[int]] | None:
    """Return the tokens that stand before and after those of a text; None if it is more difficult than that."""
    template = description["post_processor"]
    if template is None:
        return [], []
    if template["type"] != "TemplateProcessing":
        return None
    parts = [next(iter(each.items())) for each in template["single"]]
    at = [nth for nth, (kind, _) in enumerate(parts) if kind == "Sequence"]
    if len(at) != 1 or any(said["type_id"] for _, said in parts):
        return None

    def ids(some: Sequence[tuple[str, dict[str, Any]]]) -> list[int]:
        return [number for _, said in some for number in template["special_tokens"][said["id"]]["ids"]]

    return ids(parts[: at[0]]), ids(parts[at[0] + 1 :])


def _vocabulary(pieces: Sequence[tuple[str, float]], unknown: int, marks: set[int]) -> bytes:
    """Return a vocabulary as a model of SentencePiece: its ``ModelProto``, as Protocol Buffers write it.

    Args:
        pieces: The pieces with their scores, which are logarithms of probabilities.
        unknown: The number of the piece for what is unknown.
        marks: The numbers of those that are no text.
    """
    # The types of pieces: normal, unknown, control.
    kinds = dict.fromkeys(marks, 3) | {unknown: 2}
    written = [
        _bytes(1, _bytes(1, piece.encode()) + _key(2, 5) + struct.pack("<f", score) + _number(3, kinds.get(nth, 1)))
        for nth, (piece, score) in enumerate(pieces)
    ]
    # Of the trainer: unigrams, and the numbers of the unknown piece and of the marks, none of which is used.
    trainer = _number(3, 1) + _number(40, unknown) + b"".join(_number(field, -1) for field in (41, 42, 43))
    # Of the normaliser: none; and blanks stay what they are.
    normaliser = _bytes(1, b"identity") + b"".join(_number(field, 0) for field in (3, 4, 5))
    return b"".join(written) + _bytes(2, trainer) + _bytes(3, normaliser)


def _key(field: int, kind: int) -> bytes:
    return _varint(field << 3 | kind)


def _number(field: int, value: int) -> bytes:
    return _key(field, 0) + _varint(value % (1 << 64))


def _bytes(field: int, content: bytes) -> bytes:
    return _key(field, 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


class TokensOf:
    """Divides the texts of a model: documents, and questions, with less memory until there are documents. Thread-safe.

    Args:
        file: The ``tokenizer.json`` of the model.
        digest: Its SHA-256.
        most: The largest number of tokens that the model takes.
    """

    def __init__(self, file: Path, digest: str, most: int) -> None:
        self._file = file
        self._most = most
        self._lock = threading.Lock()
        self._documents: DocumentTokens | None = None
        self._questions = question_tokens(file, digest, most)

    @property
    def documents(self) -> DocumentTokens:
        """What divides documents."""
        with self._lock:
            if self._documents is None:
                self._documents = DocumentTokens(self._file, self._most)
            return self._documents

    @property
    def questions(self) -> QuestionTokens | DocumentTokens:
        """What divides questions."""
        return self._questions or self.documents

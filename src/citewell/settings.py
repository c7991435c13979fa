"""One frozen settings object, passed explicitly. Unknown keys are errors.

Settings come from ``citewell.toml`` in the current folder, where there is one, and else are the defaults below. ``splitting``
and ``model`` belong to what is built: an index made with others is refused, not searched quietly.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from citewell.confidence import Strictness
from citewell.errors import SettingsError, first_fault

FILE = "citewell.toml"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Splitting(_Frozen):
    """How documents become passages and windows. All sizes are tokens of the encoder.

    A window starts at every sentence and takes those after it, at most ``window_sentences`` and ``window_tokens``; its passage
    is what stands around it in the section, up to ``passage_tokens``. A sentence longer than ``sentence_tokens`` is cut at
    words; up to that length it makes a window of its own even where it is longer than ``window_tokens``.
    """

    passage_tokens: int = Field(default=285, ge=16, le=4096)
    window_tokens: int = Field(default=96, ge=8, le=512)
    window_sentences: int = Field(default=4, ge=1, le=16)
    sentence_tokens: int = Field(default=128, ge=8, le=512)


class Searching(_Frozen):
    """How a question becomes ranked passages.

    ``windows`` and ``passages`` are how many candidates the vectors and BM25 put forward, and more where many passages are
    asked for. ``bm25_weight`` is what BM25 weighs beside the cosine, where a passage of average length that has each of the
    question's words once counts as 1.
    ``refusal`` says when a question counts as not covered: ``strict`` rather refuses than answers wrongly, ``generous`` rather
    answers, ``balanced`` is between them.
    ``reranker`` is a sentence-transformers CrossEncoder, by name or folder, that puts the first ``reranked`` passages, or as
    many as are asked for if that is more, in another order; None leaves them as they are.
    """

    windows: int = Field(default=100, ge=1)
    passages: int = Field(default=100, ge=1)
    bm25_weight: float = Field(default=0.7, ge=0)
    refusal: Strictness = "balanced"
    question_characters: int = Field(default=2000, ge=1)
    reranker: str | None = None
    reranked: int = Field(default=20, ge=1)


class Settings(_Frozen):
    """Everything that can be set.

    ``model`` is a sentence-transformers model by name or folder; None is the bundled all-MiniLM-L6-v2.
    """

    model: str | None = None
    splitting: Splitting = Splitting()
    searching: Searching = Searching()


def load_settings(path: Path | None = None) -> Settings:
    """Read settings from a TOML file.

    Args:
        path: The file; None takes ``citewell.toml`` of the current folder, or the defaults where there is none.

    Raises:
        SettingsError: The file is missing, is not TOML, or has an unknown key or a bad value.
    """
    source = path or Path(FILE)
    if path is None and not source.is_file():
        return Settings()
    try:
        return Settings.model_validate(tomllib.loads(source.read_text(encoding="utf-8")))
    except OSError as error:
        raise SettingsError(f"settings file {source} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"settings file {source} is not TOML: {error}") from error
    except ValidationError as error:
        raise SettingsError(first_fault(f"settings file {source}", error)) from error

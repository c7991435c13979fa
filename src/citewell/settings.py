"""One frozen settings object, passed explicitly. Unknown keys are errors.

Settings come from ``citewell.toml`` in the current folder if it exists; the defaults are below. ``splitting``, ``languages``
and ``model`` are part of an index: an index built with other values is refused, not searched silently.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from citewell.confidence import Strictness
from citewell.errors import SettingsError, first_fault
from citewell.ignoring import PatternError, read_pattern

FILE = "citewell.toml"


_EXCLUDE = re.compile(r"^[ \t]*exclude[ \t]*=[ \t]*\[", re.MULTILINE)
_STRING = re.compile(r"#[^\n]*|\"{3}.*?\"{3}|'{3}.*?'{3}|\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'", re.DOTALL)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


# Former names in citewell.toml, for the error message.
_RENAMED = {"windows": "candidate_windows", "passages": "candidate_passages", "reranked": "rerank_depth"}


class Splitting(_Frozen):
    """How documents are split into passages and windows.

    Sizes are in tokens of the English model; for another, they are scaled so that passages are as long. A window starts at
    every sentence and takes the following ones, at most ``window_sentences`` and ``window_tokens``. Its passage is the text
    around it in the section, up to ``passage_tokens``. A sentence longer than ``sentence_tokens`` is cut at words; a shorter
    one can be a window of its own even if it is longer than ``window_tokens``.
    """

    passage_tokens: int = Field(default=285, ge=16, le=4096, description="The longest passage that an answer shows.")
    window_tokens: int = Field(default=96, ge=8, le=512, description="The longest window, which is what has a vector.")
    window_sentences: int = Field(default=4, ge=1, le=16, description="How many sentences a window has at most.")
    sentence_tokens: int = Field(default=128, ge=8, le=512, description="A longer sentence is cut at words.")


class Reading(_Frozen):
    """What the readers of files may do."""

    ocr: bool = Field(
        default=True, description="Read pages that are pictures with the program tesseract, where it is installed."
    )
    ocr_language: str = Field(
        default="eng",
        pattern=r"^[A-Za-z_]+(?:\+[A-Za-z_]+)*$",
        description='The languages of those pages by the names of tesseract, joined by "+": "deu+eng".',
    )
    ocr_pages: int = Field(default=100, ge=0, description="How many pages of a file are read by OCR at most.")
    soffice: bool = Field(
        default=False, description="Let LibreOffice convert old formats (.doc, .ppt), where it is installed."
    )


class ExcludeRule(_Frozen):
    """A pattern of files that are left out, in the syntax of .gitignore, and where it is written."""

    pattern: str
    file: str = FILE
    line: int | None = None

    @model_validator(mode="before")
    @classmethod
    def _written_alone(cls, values: object) -> object:
        return {"pattern": values} if isinstance(values, str) else values


class Selection(_Frozen):
    """Which files of a corpus are documents."""

    exclude: tuple[ExcludeRule, ...] = Field(
        default=(),
        description="Patterns of files that are left out, as in .gitignore, beside those of .citewellignore and the usual "
        'ones. A pattern that begins with "!" brings back what others leave out.',
    )
    largest_mb: dict[str, float] = Field(
        default={},
        description='How many megabytes a file may have, by the name of its reader ("pdf", "code"); "other" is for all that '
        "are not named.",
    )

    @field_validator("largest_mb")
    @classmethod
    def _above_zero(cls, sizes: dict[str, float]) -> dict[str, float]:
        for kind, size in sizes.items():
            if not size > 0:
                raise ValueError(f"{kind} = {size:g} is not above 0")
        return sizes


class Encoding(_Frozen):
    """How the encoder runs."""

    precision: Literal["auto", "int8", "float"] = Field(
        default="auto",
        description='The precision of the vectors. "int8": eight bits, which is faster and needs less memory. "float": BF16 or '
        'FP32. "auto": that of the index; for a new one "float".',
    )

    device: str = Field(
        default="cpu",
        min_length=1,
        description='Where it runs: "cpu"; "auto", which is a graphics processor that OpenVINO can use, if there is one, else '
        'the CPU; or a device by the name that OpenVINO has for it, such as "GPU.1". Only the CPU is tested.',
    )


class Searching(_Frozen):
    """How passages are found and ranked."""

    candidate_windows: int = Field(
        default=100, ge=1, description="How many windows the vectors propose; more if more passages are requested."
    )
    candidate_passages: int = Field(
        default=100, ge=1, description="How many passages BM25 proposes; more if more passages are requested."
    )
    bm25_weight: float = Field(
        default=0.7,
        ge=0,
        description="The weight of BM25 relative to the cosine. The BM25 of a passage of average length with each word of the "
        "question once counts as 1.",
    )
    nearness_weight: float = Field(
        default=0.5,
        ge=0,
        description="The weight of words that stand near each other in the question and in the passage.",
    )
    sentence_weight: float = Field(default=0.8, ge=0, description="The weight of the best sentence of a passage.")
    refusal: Strictness = Field(
        default="balanced",
        description='When a question counts as not covered: "strict" refuses more, "generous" answers more.',
    )
    question_characters: int = Field(default=2000, ge=1, description="The longest question.")
    reranker: str | None = Field(
        default=None,
        description="A sentence-transformers CrossEncoder, by name or folder, which re-orders the first passages; slower.",
    )
    rerank_depth: int = Field(
        default=20, ge=1, description="How many passages it re-orders; as many as requested if that is more."
    )

    @model_validator(mode="before")
    @classmethod
    def _explain_renamed(cls, values: object) -> object:
        for old, new in _RENAMED.items():
            if isinstance(values, dict) and old in values:
                raise ValueError(f"the setting {old!r} is now called {new!r}; rename it")
        return values


class Settings(Selection):
    """All settings."""

    # An address may have a password, which is never said.
    index: str = Field(
        default="index",
        min_length=1,
        exclude=True,
        repr=False,
        description="Where the index is if a command does not say: a folder, relative to that of the settings file, or the "
        "address of a database (docs/postgresql.md).",
    )
    state: str = Field(
        default="",
        exclude=True,
        repr=False,
        description="Where accounts, feedback and runs are if a command does not say: a folder, relative to that of the "
        "settings file, or the address of a database. By default, beside the index, or in the database that it is in.",
    )
    model: str | None = Field(
        default=None,
        description='"english", "multilingual", or a sentence-transformers model by folder or name; if not set, the model of '
        "the index.",
    )
    languages: tuple[str, ...] = Field(
        default=(),
        description='The languages that documents can be in, by their codes (ISO 639-1): ["en", "de"]. By default, that of '
        'each document is found. language = "de" is the same as languages = ["de"].',
    )
    words: str | None = Field(
        default=None,
        description="A file of the house's own words, beside that of the corpus; relative to the folder of the settings file.",
    )
    reading: Reading = Reading()
    splitting: Splitting = Splitting()
    encoder: Encoding = Encoding()
    searching: Searching = Searching()

    @model_validator(mode="before")
    @classmethod
    def _one_language(cls, values: object) -> object:
        if not isinstance(values, dict) or "language" not in values:
            return values
        if "languages" in values:
            raise ValueError("set language or languages, not both")
        return {key: value for key, value in values.items() if key != "language"} | {"languages": [values["language"]]}

    @property
    def selection(self) -> Selection:
        """Which files are documents."""
        return Selection(exclude=self.exclude, largest_mb=self.largest_mb)

    @field_validator("languages")
    @classmethod
    def _codes(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        for language in languages:
            if not (len(language) == 2 and language.isascii() and language.islower()):
                raise ValueError(f"{language!r} is not a language code of two letters, such as 'en' or 'de'")
        return tuple(dict.fromkeys(languages))


def is_address(place: str) -> bool:
    """Return whether a place is the address of a database, and not a folder."""
    return place.startswith(("postgresql://", "postgres://"))


def load_settings(path: Path | None = None) -> Settings:
    """Read settings from a TOML file.

    Args:
        path: The file; None reads ``citewell.toml`` in the current folder, or uses the defaults if there is none.

    Raises:
        SettingsError: The file is missing, is not TOML, or has an unknown key or a bad value.
    """
    source = path or Path(FILE)
    if path is None and not source.is_file():
        return Settings()
    try:
        text = source.read_text(encoding="utf-8")
        settings = Settings.model_validate(tomllib.loads(text))
    except OSError as error:
        raise SettingsError(f"settings file {source} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"settings file {source} is not TOML: {error}") from error
    except ValidationError as error:
        raise SettingsError(first_fault(f"settings file {source}", error)) from error
    words = str(source.parent / settings.words) if settings.words else None
    named = settings.model_fields_set
    places = {name: _place(getattr(settings, name), source) for name in ("index", "state") if name in named}
    return settings.model_copy(update=places | {"words": words, "exclude": _placed(settings.exclude, source, text)})


def _place(place: str, source: Path) -> str:
    """Return a place that a settings file names; a folder is relative to that of the file."""
    return str(source.parent / place) if place and not is_address(place) else place


def _placed(rules: tuple[ExcludeRule, ...], source: Path, text: str) -> tuple[ExcludeRule, ...]:
    """Return rules with the lines of a settings file at which they are written.

    Raises:
        SettingsError: One is no pattern.
    """
    start = _EXCLUDE.search(text)
    strings = _STRING.finditer(text, start.end()) if start else iter(())
    lines = [text.count("\n", 0, match.start()) + 1 for match in strings if not match[0].startswith("#")]
    found = []
    for nth, rule in enumerate(rules):
        line = lines[nth] if nth < len(lines) else None
        try:
            read_pattern(rule.pattern)
        except PatternError as error:
            where = f"settings file {source}, line {line}" if line else f"settings file {source}"
            raise SettingsError(f"{where}: {rule.pattern!r} in exclude {error}") from error
        found.append(ExcludeRule(pattern=rule.pattern, file=str(source), line=line))
    return tuple(found)

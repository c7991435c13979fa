"""One frozen settings object, passed explicitly. Unknown keys are errors.

Settings come from ``citewell.toml`` in the current folder if it exists; the defaults are below. ``splitting``, ``languages``
and ``model`` are part of an index: an index built with other values is refused, not searched silently.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

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

    passage_tokens: int = Field(default=285, ge=16, le=4096)
    window_tokens: int = Field(default=96, ge=8, le=512)
    window_sentences: int = Field(default=4, ge=1, le=16)
    sentence_tokens: int = Field(default=128, ge=8, le=512)


class Reading(_Frozen):
    """What the readers of files may do.

    ``ocr`` reads pages that are pictures with the program tesseract, where it is installed, in ``ocr_language`` (tesseract's
    names, joined by "+"), at most ``ocr_pages`` pages of a file. ``soffice`` lets LibreOffice convert old formats (.doc, .ppt),
    where it is installed.
    """

    ocr: bool = True
    ocr_language: str = Field(default="eng", pattern=r"^[A-Za-z_]+(?:\+[A-Za-z_]+)*$")
    ocr_pages: int = Field(default=100, ge=0)
    soffice: bool = False


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
    """Which files of a corpus are documents.

    ``exclude`` are patterns of files that are left out, beside those of ``.citewellignore`` and the usual ones; a pattern that
    begins with "!" brings back what others leave out. ``largest_mb`` is how many megabytes a file may have, by the kind of its
    reader ("pdf", "code"), and ``other`` for all that are not named.
    """

    exclude: tuple[ExcludeRule, ...] = ()
    largest_mb: dict[str, float] = {}

    @field_validator("largest_mb")
    @classmethod
    def _above_zero(cls, sizes: dict[str, float]) -> dict[str, float]:
        for kind, size in sizes.items():
            if not size > 0:
                raise ValueError(f"{kind} = {size:g} is not above 0")
        return sizes


class Searching(_Frozen):
    """How passages are found and ranked.

    ``candidate_windows`` is how many windows the vector search proposes, ``candidate_passages`` how many passages BM25
    proposes; both grow if many passages are requested. ``bm25_weight`` is the weight of BM25 relative to the cosine; the BM25
    of a passage of average length with each of the question's words once counts as 1. ``nearness_weight`` is the weight of
    words that stand near each other in the question and in the passage, ``sentence_weight`` that of a passage's best sentence.
    ``refusal`` sets when a question counts as not covered: ``strict`` refuses more, ``generous`` answers more, ``balanced`` is
    between them.
    ``reranker`` is a sentence-transformers CrossEncoder, by name or folder. It re-orders the first ``rerank_depth`` passages,
    or as many as requested if that is more; None disables it.
    """

    candidate_windows: int = Field(default=100, ge=1)
    candidate_passages: int = Field(default=100, ge=1)
    bm25_weight: float = Field(default=0.7, ge=0)
    nearness_weight: float = Field(default=0.5, ge=0)
    sentence_weight: float = Field(default=0.8, ge=0)
    refusal: Strictness = "balanced"
    question_characters: int = Field(default=2000, ge=1)
    reranker: str | None = None
    rerank_depth: int = Field(default=20, ge=1)

    @model_validator(mode="before")
    @classmethod
    def _explain_renamed(cls, values: object) -> object:
        for old, new in _RENAMED.items():
            if isinstance(values, dict) and old in values:
                raise ValueError(f"the setting {old!r} is now called {new!r}; rename it")
        return values


class Settings(Selection):
    """All settings.

    ``model`` is ``english``, ``multilingual``, or a sentence-transformers model by folder or name; None is the model of the
    index. ``languages`` are those that the documents can be in (ISO 639-1: ``["en", "de"]``); none is any, and with one, all
    are in that one. ``language = "de"`` is the same as ``languages = ["de"]``. ``words`` is a file of the house's own words,
    beside that of the corpus (``citewell.text.own_words``); in a settings file, it is relative to the folder of that.
    ``exclude`` and ``largest_mb`` say which files are left out (``Selection``).
    """

    model: str | None = None
    languages: tuple[str, ...] = ()
    words: str | None = None
    reading: Reading = Reading()
    splitting: Splitting = Splitting()
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
    return settings.model_copy(update={"words": words, "exclude": _placed(settings.exclude, source, text)})


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

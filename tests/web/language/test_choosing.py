"""The language that a browser prefers, by its Accept-Language."""

from __future__ import annotations

import pytest

from citewell.errors import UsageError
from citewell.web.language.choosing import checked_language, preferred


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-DE,de;q=0.9,en;q=0.8", "de"),
        ("de-AT", "de"),
        ("DE-ch-1996", "de"),
        ("en-US,en;q=0.9,de;q=0.8", "en"),
        ("de;q=0.5, en ; q=0.8", "en"),
        ("fr,de;q=0.2", "de"),
        ("fr-FR,fr;q=0.9", "en"),
        ("*,de;q=0.1", "en"),
        ("de;q=0", "en"),
        ("de;q=0.0,*;q=0.5", "en"),
        ("fr,pt-BR;q=0.7,pt-PT;q=0.9", "pt-br"),
        ("de;q=much, \x00, ;;, de", "de"),
        ("-,--,de-", "en"),
        (",".join(["xx"] * 10_000), "en"),
    ],
)
def test_the_best_of_the_known_languages_that_a_browser_names_counts(accepted: str, language: str) -> None:
    assert preferred(accepted, {"en", "de", "pt-br"}) == language


def test_a_language_without_a_catalogue_is_refused() -> None:
    assert checked_language("DE") == "de"
    with pytest.raises(UsageError, match="no language 'xx'") as error:
        checked_language("xx")
    assert error.value.hint == "use one of de, en"

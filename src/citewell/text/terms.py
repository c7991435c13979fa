"""Terms: the form in which words are matched, in documents and in questions.

Words are lower-cased, folded to ASCII, filtered for English stop words and stemmed (Snowball English).
"""

from __future__ import annotations

from functools import cache

import regex
import tantivy
from tantivy import Filter

_LONGEST_WORD = 64
_WORD = regex.compile(r"[\p{L}\p{N}]+")
# Function words that tantivy's short list of stop words lacks: they belong to the form of a question, not to its subject.
# fmt: off
_FUNCTION_WORDS = [
    "about", "am", "any", "because", "been", "being", "can", "could", "did", "do", "does", "doing", "each", "either",
    "from", "had", "has", "have", "having", "he", "her", "hers", "herself", "him", "himself", "his", "how", "i",
    "its", "itself", "just", "may", "me", "might", "mine", "must", "my", "myself", "neither", "nor", "other",
    "others", "our", "ours", "ourselves", "own", "shall", "she", "should", "so", "some", "than", "theirs", "them",
    "themselves", "those", "too", "upon", "us", "very", "we", "were", "what", "whatever", "when", "where", "whether",
    "which", "while", "who", "whom", "whose", "why", "would", "yet", "you", "your", "yours", "yourself",
]
# fmt: on


@cache
def analyser() -> tantivy.TextAnalyzer:
    """Return the analyser for documents and questions."""
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(Filter.remove_long(_LONGEST_WORD))
        .filter(Filter.lowercase())
        .filter(Filter.ascii_fold())
        .filter(Filter.stopword("english"))
        .filter(Filter.custom_stopword(_FUNCTION_WORDS))
        .filter(Filter.stemmer("english"))
        .build()
    )


def terms(text: str) -> list[str]:
    """Return the distinct terms of a text, in order: the stems of its words without stop words."""
    return list(dict.fromkeys(analyser().analyze(text)))


def is_keywords(text: str) -> bool:
    """Return whether a text consists of keywords only, without function words."""
    words = _WORD.findall(text)
    return bool(words) and all(analyser().analyze(word) for word in words)

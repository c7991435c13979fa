"""A page in another language than English, and what is left of English on it."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from citewell.web.language.catalogues import languages
from tests.support.messages import messages_of_code

_VALUE = re.compile(r"%\(\w+\)s")
# Of what is nearly all values, any text could be an example.
_LEAST_WORDS = 12
# What a reader sees and what is read aloud, piece by piece.
_SEEN = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.querySelector(".cw"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) found.push(walker.currentNode.data);
  for (const each of document.querySelectorAll(".cw *"))
    for (const name of ["aria-label", "title", "placeholder", "alt", "aria-valuetext", "data-label"])
      if (each.getAttribute(name)) found.push(each.getAttribute(name));
  return found.map((each) => each.replace(/\\s+/g, " ").trim()).filter((each) => each);
}"""


def english_left(page: Page, language: str = "de") -> list[str]:
    """Return what a page says in the words of English messages that its language says otherwise.

    Args:
        page: The page.
        language: Its language.
    """
    catalogue = languages()[language]
    patterns, others = [], set()
    for each in messages_of_code():
        for source in [each.id] if isinstance(each.id, str) else each.id:
            is_sure = source == _VALUE.sub("", source) or len(_VALUE.sub("", source)) > _LEAST_WORDS
            if source and is_sure and catalogue.text(source) != source:
                parts = [re.escape(part.replace("%%", "%")) for part in _VALUE.split(source)]
                patterns.append(".+".join(parts))
            others.add(catalogue.text(source))
    # A sentence begins with a capital and ends with a full stop, whatever its message does.
    english = re.compile(rf"(?:{'|'.join(patterns)})\.?", re.DOTALL)
    return [text for text in page.evaluate(_SEEN) if text not in others and any(map(english.fullmatch, _forms(text)))]


def _forms(text: str) -> tuple[str, str]:
    return text, text[:1].lower() + text[1:]

"""The time of `find`, beside a plain scan of all texts, which are folded beforehand, in the same process.

    python benchmarks/finding.py index

For words of every frequency, phrases, and beginnings of words; the medians of alternating rounds. A plain scan counts one
word only, and knows neither paragraphs nor documents nor places in the text as it is written.
"""

from __future__ import annotations

import argparse
import re
import statistics
import time
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from citewell import IndexFolder, Scope
from citewell.search.finding import Finder

_ROUNDS = 15
_GOAL = 0.020


def folded(text: str) -> str:
    """Fold a text as a plain scan would."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    return "".join(each for each in apart if not unicodedata.combining(each))


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time of some work, which does not depend on what else the machine does."""
    began = time.process_time()
    work()
    return time.process_time() - began


def main() -> None:
    """Time queries of each kind, and print them as one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path, help="the index to search")
    snapshot = IndexFolder(parser.parse_args().index).open()
    texts = [folded(snapshot.catalogue.document(each.path).text) for each in snapshot.catalogue.documents()]
    words = [word for word, _ in Counter(word for text in texts for word in re.findall(r"\w+", text)).most_common()]
    chosen = [words[0], words[9], words[99], words[len(words) // 10], words[-1]]
    finder = Finder(snapshot, Scope(), 2000)
    table = Table(title=f"{snapshot.manifest.windows:,} windows, {sum(map(len, texts)):,} characters")
    for name in ("query", "places", "by place, ms", "by relevance, ms", "plain scan, ms", "ratio", "goal 20 ms"):
        table.add_column(name, justify="left" if name == "query" else "right")
    for query in [*chosen, f"{words[0]} {words[9]}", f'"{words[1]} {words[0]}"', f"{words[0][0]}*"]:
        pattern = re.compile(rf"\b{re.escape(query.split()[0].strip(chr(34) + '*'))}\b")
        times: dict[str, list[float]] = {"place": [], "relevance": [], "scan": []}
        for _ in range(_ROUNDS):
            for sort in ("place", "relevance"):
                times[sort].append(seconds(lambda q=query, s=sort: finder.page(q, sort=s, page=1, per_page=20)))  # type: ignore[misc]
            times["scan"].append(seconds(lambda p=pattern: [len(p.findall(text)) for text in texts]))  # type: ignore[misc]
        place, relevance, scan = (statistics.median(each) for each in times.values())
        total = finder.page(query, sort="place", page=1, per_page=1).total
        figures = (f"{total:,}", *(f"{1000 * each:.2f}" for each in (place, relevance, scan)), f"{place / scan:.2f}")
        table.add_row(query, *figures, "yes" if max(place, relevance) < _GOAL else "no")
    Console(width=120).print(table)


if __name__ == "__main__":
    main()

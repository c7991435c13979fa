"""Conversations over four small corpora, in English, German, Spanish and Chinese, through ``citewell`` as anyone would run it.

    python benchmarks/conversations.py [--model NAME] [--verbose]

``conversations/`` holds the corpora and ``conversations.yaml``: what was asked and shown, and what is asked then. A question is
right if it is answered with its passage's document first, or refused where the corpus does not answer it.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from running import citewell

DATA = Path(__file__).with_name("conversations")


def asked(conversations: list[dict[str, Any]], corpus: str) -> Iterator[tuple[str, str | None, dict[str, Any]]]:
    """Yield each question about a corpus: its kind, its document (None if there is none), and its line of a batch.

    Args:
        conversations: The content of ``conversations.yaml``.
        corpus: The name of the corpus.
    """
    texts = {file.name: file.read_text(encoding="utf-8") for file in (DATA / corpus).iterdir()}
    for conversation in conversations:
        if conversation["corpus"] != corpus:
            continue
        history = [
            {"role": role, "content": said}
            for exchange in conversation["before"]
            for role, said in zip(("user", "assistant"), exchange, strict=True)
        ]
        for each in conversation["then"]:
            (kind, question), *_ = each.items()
            quoted = [name for name, text in texts.items() if "quote" in each and each["quote"] in text]
            document = each.get("document") or (quoted[0] if quoted else None)
            yield kind, document, {"question": question, "history": history}


def main() -> None:
    """Index each corpus, ask its questions and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="the encoder's model; else the first build chooses")
    parser.add_argument("--verbose", action="store_true", help="print each question that went wrong, too")
    arguments = parser.parse_args()
    conversations = yaml.safe_load((DATA / "conversations.yaml").read_text(encoding="utf-8"))
    chosen = ["--model", arguments.model] if arguments.model else []
    counts: dict[str, list[bool]] = defaultdict(list)
    wrong: list[str] = []
    for corpus in dict.fromkeys(each["corpus"] for each in conversations):
        with tempfile.TemporaryDirectory() as temporary:
            index, batch = str(Path(temporary, "index")), Path(temporary, "batch.jsonl")
            questions = list(asked(conversations, corpus))
            lines = (json.dumps({"id": nth, **line}) for nth, (_, _, line) in enumerate(questions))
            batch.write_text("\n".join(lines), encoding="utf-8")
            citewell("index", "--corpus", str(DATA / corpus), "--index", index, *chosen)
            answers = citewell("ask", "--batch", str(batch), "--index", index, "--json").splitlines()
        for (kind, document, line), answer in zip(questions, map(json.loads, answers), strict=True):
            first = answer["passages"][0]["document"] if answer["answered"] else None
            counts[kind].append(first == document)
            if first != document:
                wrong.append(f"{corpus}, {kind}: {line['question']} ({first} instead of {document})")
    print("| asked | number | right |\n|---|---|---|")
    for kind, right in counts.items():
        print(f"| {kind} | {len(right)} | {sum(right)} |")
    if arguments.verbose:
        print("\n".join(["", *wrong]))


if __name__ == "__main__":
    main()

"""A set of questions that the page asks."""

from __future__ import annotations

from citewell.web.quality.judge import Judge

# Documents that hide one that does not have their words.
BEES = (
    "Honey bees dance to tell others of flowers near the hive.",
    "How far the flowers are, honey bees tell by the length of a dance.",
    "Other honey bees learn the smell of flowers from a dancer.",
    "Scouts among honey bees tell of meadows with many flowers.",
    "Flowers that give no nectar are never told of by honey bees.",
    "In the dark hive honey bees feel how others dance about flowers.",
)
SET = """
# What we ask.
- question: How long does the Moon take to go round the Earth?
  kind: literal
  answers: [{document: moon.txt, quote: about twenty-seven days}]
- question: What do otters eat?
  kind: paraphrased
  answers: [{document: animals/otters.md, quote: fish and crabs}]
- question: Who won the cup in 1987?
  answerable: false
"""


def ran(judge: Judge) -> str:
    judge.ask(judge.sets[0])
    judge.wait()
    assert judge.asking is not None
    assert (judge.asking.error, judge.asking.running) == (None, False)
    assert judge.asking.run is not None
    return judge.asking.run

"""A set of questions that the page asks."""

from __future__ import annotations

from citewell.web.quality.judge import Judge

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

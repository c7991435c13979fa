"""Questions over two short texts."""

from __future__ import annotations

from citewell.evaluation.questions.sets import Question, Quotation, SaidBefore

OTTERS = "Otters eat fish and crabs. They hunt at night in cold rivers."
MOON = "The Moon goes round the Earth in about twenty-seven days. It has no air."
TEXTS = {
    "otters and more.md": f"# Otters\n\n{OTTERS}\r\n\r\nOtters eat fish. 🦦 They rest.",
    'a\t"tab".txt': MOON,
}
FISH = Question(
    id="q 1",
    question="What do otters “eat”?",
    answers=(
        Quotation(document="otters and more.md", quote="fish", start=TEXTS["otters and more.md"].index("fish")),
        Quotation(document="otters and more.md", quote="They rest"),
    ),
)
AIR = Question(id="q2", question="Has it air?", answers=(Quotation(document='a\t"tab".txt', quote="no air"),))
CUP = Question(id="q3", question="Who won the cup?", answerable=False)
BOTH = Question(id="q4", question="Both?", answers=(FISH.answers[1], AIR.answers[0]))
THEN = AIR.model_copy(update={"id": "q5", "history": (SaidBefore(role="user", content="The Moon?"),)})
GONE = Question(id="q6", question="Where?", answers=(Quotation(document='a\t"tab".txt', quote="not there"),))

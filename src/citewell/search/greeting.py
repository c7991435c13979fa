"""Greetings and thanks: they get a reply in kind and are not looked up in the documents."""

from __future__ import annotations

from typing import Literal

import regex

Courtesy = Literal["greeting", "thanks", "farewell", "wellbeing", "introduction"]

REPLIES: dict[Courtesy, str] = {
    "greeting": "Hello! Ask me anything about your documents. I answer with quotations from them, word for word.",
    "thanks": "You are welcome. Feel free to ask more.",
    "farewell": "Goodbye! Your documents will be here when you have another question.",
    "wellbeing": "I am fine, thank you. What would you like to know from your documents?",
    "introduction": "I am Citewell. I search your documents and show the passages that answer your question, word for word, "
    "each with its place in the source. I never make anything up. If the documents do not cover a question, I say so.",
}


def _phrases(text: str) -> str:
    # A bar with spaces on both sides separates phrases; other bars belong to a phrase, where spaces count.
    return "|".join(" ".join(phrase.split()) for phrase in regex.split(r"\s\|\s", text))


# In order of precedence.
_SAID: dict[Courtesy, str] = {
    "introduction": _phrases("""
        who are you | what are you | what (?:else )?can you do | what do you do | how do you work | how does citewell work
        | (?:how|what) can you help(?: me)?(?: with)? | can you help me | (?<!(?:your|the) )help(?: me)?
        | what can i ask(?: you)?
        | are you (?:there|human|real) | are you an? (?:robot|bot|chatbot|ai|human|person|machine)
        | introduce yourself | what(?: is|'s) your name
        """),
    "wellbeing": _phrases("""
        how are you(?: doing)?(?: today)? | how(?: is|'s) it going | how do you do | what's up | wie geht's | ça va | qué tal
        """),
    "farewell": _phrases("""
        bye(?: bye)? | good ?bye | see you(?: later| soon| tomorrow)? | farewell | good night | that(?: is|'s) all
        | have a (?:nice|good|great) (?:day|evening|weekend) | auf wiedersehen | tschüss | au revoir | adi[oó]s
        | arrivederci | hasta luego
        """),
    "thanks": _phrases("""
        (?:many |much )?thanks | thank (?:you|u) | thx | ty | much appreciated | cheers | that help(?:s|ed)
        | that(?: is|'s| was) (?:very |really |so )?helpful
        | danke(?: schön)? | vielen dank | merci(?: beaucoup)? | (?:muchas )?gracias | grazie(?: mille)? | obrigad[oa]
        | dziękuję | спасибо | ありがとう | 谢谢
        """),
    "greeting": _phrases("""
        hello | hi | hiya | hey | howdy | greetings | good (?:morning|afternoon|evening|day) | g'day | nice to meet you
        | hallo | guten (?:tag|morgen|abend) | moin | servus | bonjour | bonsoir | salut | hola
        | buen[oa]s (?:d[ií]as|tardes|noches) | ciao | buongiorno | buonasera | olá | hej | namaste | merhaba | salaa?m
        | привет | здравствуйте | 你好 | こんにちは
        """),
}
_BESIDES = _phrases("""
    for (?:that|this|everything) | for (?:your|the) (?:help|answers?|time) | so much | very much | a lot | a million
    | there | again | all | everyone | everybody | team | (?:my )?friend | citewell | please
    | ok | okay | great | perfect | nice | good | fine
    | cool | super | wonderful | excellent | got it | yes | no | and | then | oh | well
    """)
# One of the phrases at least, and nothing else but what is said besides.
_COURTEOUS = regex.compile(rf"(?:(?:({'|'.join(_SAID.values())})|{_BESIDES})(?: |$))+(?(1)|(?!))")
_NOT_SAID = regex.compile(r"[^\p{L}\p{M}\p{N}']+")
_OPENING = regex.compile(
    rf"^\W*(?:(?:{_SAID['greeting']}|{_SAID['thanks']})(?: (?:{_BESIDES}))*(?:\s*[,.!;:]+|\s+[–—-]+)\s*)+(?=.*\p{{L}})",
    regex.IGNORECASE | regex.DOTALL,
)


def courtesy(said: str) -> Courtesy | None:
    """Return the kind of greeting if the text is nothing else; otherwise None."""
    words = _NOT_SAID.sub(" ", said.casefold().replace("’", "'")).strip()
    if not _COURTEOUS.fullmatch(words):
        return None
    return next(kind for kind, said in _SAID.items() if regex.search(rf"\b(?:{said})\b", words))


def without_greeting(question: str) -> str:
    """Return a question without an opening greeting that is set off by punctuation."""
    opening = _OPENING.match(question.replace("’", "'"))
    return question[opening.end() :] if opening else question

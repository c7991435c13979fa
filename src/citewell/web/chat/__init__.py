"""What a reader sees: questions, answers, and sources opened at a quotation.

``chat`` is what can be asked for, ``requests`` what the page sends, ``answers`` and ``cards`` how it is shown. May
import the nouns, the assistant, feedback, the desk and the parts that all of the page shares; nothing of
``documents`` or ``quality``.
"""

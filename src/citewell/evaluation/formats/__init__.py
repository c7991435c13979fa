"""Other people's files: BEIR, SQuAD and TREC, to question sets and corpora and back.

A module a format; ``shared`` is what they have in common. May import ``evaluation.questions``.
"""

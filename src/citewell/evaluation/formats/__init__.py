"""Formats of other tools: BEIR, SQuAD and TREC, converted from and to question sets and corpora.

One module per format; ``shared`` has their common parts. May import ``evaluation.questions``.
"""

"""Search: a question to ranked passages.

``searching`` ranks passages, ``follow_up`` adds the context of earlier turns to a question,
``greeting`` recognises greetings, ``reranking`` runs a CrossEncoder, ``likeness`` finds near-duplicates, ``calibrating`` fits
the confidence of a new index. May import the base modules, ``text``, the index and the encoder.
"""

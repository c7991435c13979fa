"""Search: a question to ranked passages.

``searching`` ranks, ``follow_up`` understands a question with what was said before it, ``spelling`` corrects it,
``greeting`` knows courtesies, ``reranking`` runs a CrossEncoder, ``likeness`` finds near-duplicates, ``calibrating``
measures what evidence means in a new index. May import the nouns, the index and the encoder.
"""

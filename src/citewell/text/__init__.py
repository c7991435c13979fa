"""Text analysis: what the words and sentences of a text are, in its language.

``sentences`` finds where a text may be cut, ``terms`` what of a text is matched; ``vocabulary`` counts the words of a corpus,
and ``spelling`` corrects typos with them. Only matching is normalised: texts and spans stay those of the file. May import the
base modules only; the corpus, the index and search use it.
"""

"""The index on disk: snapshots of a corpus, each made of stores that are verified, opened, published and replaced.

``folder`` is the only module that knows the layout; a snapshot has a ``manifest``, a ``catalogue`` of documents and
passages (written by ``cataloguing``), the ``vocabulary``, BM25 (``lexical``) and vectors. ``sealing``, ``soundness``
and ``in_use`` see to it that what is shown is what was verified; ``changes`` compares a corpus with a snapshot,
``checking`` says whether an index is sound, ``status`` whether it is up to date. ``scoping`` says what a scope
admits. May import the nouns, ``state``, the corpus and the encoder; nothing of search.
"""

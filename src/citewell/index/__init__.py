"""The index on disk: snapshots of a corpus, each consisting of stores that are verified, opened, published and replaced.

``folder`` is the only module that knows the layout. An opened ``snapshot`` has a ``manifest``, a ``catalogue`` of
documents and passages (written by ``cataloguing``), BM25 (``lexical``) and vectors. ``sealing``,
``soundness`` and ``in_use`` ensure that everything shown was verified; ``changes`` compares a corpus with a snapshot,
``checking`` runs health checks, ``status`` tells whether the index is up to date, ``scoping`` resolves scopes. May
import the base modules, ``text``, ``state``, the corpus and the encoder; nothing of search.
"""

"""The "Quality" tab: running question sets, viewing and comparing runs, reviewing feedback, and the map of the corpus.

``judge`` has the operations, ``asking`` runs a set, ``runs`` manages saved runs; ``panel`` renders them, with ``results``,
``reviews`` and ``map``, made of ``parts``. May import the evaluation, and of the web the shared parts of the page and how
``chat`` renders a document.
"""

"""The tab "Quality": question sets run, runs read and compared, feedback decided on, the corpus as a map.

``judge`` is what can be done, ``asking`` runs a set, ``runs`` are those kept; ``panel`` is how it is shown, with
``results``, ``reviews`` and ``map``, made of ``parts``. May import the evaluation, and of the web what all of the
page shares and how ``chat`` shows a document.
"""

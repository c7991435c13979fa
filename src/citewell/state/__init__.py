"""User data: accounts, sessions, feedback, runs, and what is counted for limits, apart from the index, which can be rebuilt.

``storage`` is the contract, ``files`` and ``postgres`` are the engines, ``opening`` chooses one by the place that a user names,
``copying`` copies from one to another. ``folder`` defines the layout of the folder, which also has removed documents;
``migration`` moves data there that an older version kept in the index. May import only the base modules (``document``,
``errors``, ``files``), ``settings`` and ``postgres``.
"""

"""User data in a separate folder beside the index: accounts, feedback, runs, and removed documents.

``folder`` defines the layout; ``migration`` moves data there that an older version kept in the index. May import only the
base modules (``document``, ``errors``, ``files``).
"""

"""User data in PostgreSQL, which several servers share: the engine of a server without state of its own.

The tables are in a schema of their own, so that a role can be given them and nothing of the index, and dropping the index drops
no user data. It needs the extra ``citewell[postgresql]``.
"""

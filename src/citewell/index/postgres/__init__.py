"""An index in PostgreSQL with pgvector: rows belong to segments, and a snapshot is a list of segments.

It needs the extra ``citewell[postgresql]``.
"""

"""User data in files of this machine: the engine of one server.

``accounts`` and ``ended`` are JSON, ``feedback`` is SQLite, ``runs`` a folder; ``state`` is all of it (`storage.State`).
"""

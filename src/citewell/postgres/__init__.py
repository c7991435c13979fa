"""What every use of PostgreSQL has in common: addresses without passwords, and what a database says of a failure.

``address`` reads an address, ``reasons`` says in a line why something failed, ``schemas`` creates a schema, ``texts`` escapes
what a text may not have. The index and user data have their own tables, connections and roles. It needs the extra
``citewell[postgresql]``.
"""

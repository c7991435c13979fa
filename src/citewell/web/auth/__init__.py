"""Authentication: accounts, sessions and the gate that every request passes.

``accounts`` stores names, hashed passwords and tokens, ``credentials`` validates them, ``sessions`` manages sessions and
``ended`` records those that ended early, ``attempts`` limits wrong passwords, ``sign_in`` is the sign-in page, ``gate`` admits
or rejects requests, ``visitors`` identifies the current visitor. May import the base modules, ``state``, and of the web the
log, problems and templates.
"""

"""Authentication: accounts, sessions and the gate that every request passes.

``accounts`` knows names, hashed passwords and tokens, which ``state`` keeps, ``credentials`` validates them, ``sessions``
manages sessions, ``attempts`` limits wrong passwords, ``sign_in`` is the sign-in page, ``gate`` admits
or rejects requests, ``visitors`` identifies the current visitor. May import the base modules, ``state``, and of the web the
log, problems and templates.
"""

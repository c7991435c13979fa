"""Who is asking: accounts, sessions and the gate that every request passes.

``accounts`` keeps names, hashed passwords and tokens, ``credentials`` says what those can be, ``sessions`` who is
signed in and ``ended`` who no longer is, ``attempts`` slows wrong passwords down, ``sign_in`` is the page for it,
``gate`` lets in or refuses, ``visitors`` says who is asking now. May import the nouns, ``state``, and of the web the
log, problems and faults.
"""

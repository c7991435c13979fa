"""Accounts in tests: passwords, and a hash that is made at once."""

from __future__ import annotations

from argon2 import PasswordHasher

# The real parameters take a tenth of a second each; they have a test of their own.
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PHRASE = "four words nobody expects"
OTHER = "some other long pass phrase"

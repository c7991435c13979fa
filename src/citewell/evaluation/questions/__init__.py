"""Question sets: questions with the quotations that answer them, and what readers said, of which sets are made.

``sets`` reads and writes them, ``yaml_items`` edits one item and leaves the others as they were written,
``anchoring`` says where quotations stand in a corpus, ``feedback`` keeps what readers said, ``reviewing`` makes
questions of it. May import everything below evaluation, and nothing else of evaluation.
"""

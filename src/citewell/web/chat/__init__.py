"""The conversation: questions, answers, feedback, and sources opened at a quotation.

``chat`` has the operations, ``requests`` the requests of the page; ``answers`` and ``cards`` render the results. May import
the data types, the assistant, feedback, the desk and the shared parts of the page, but not ``documents`` or ``quality``.
"""

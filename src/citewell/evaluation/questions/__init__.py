"""Question sets: questions with the quotations that answer them, and readers' feedback, which can become questions.

``sets`` reads and writes sets, ``yaml_items`` edits single items of a YAML list, ``anchoring`` locates quotations in a corpus,
``feedback`` stores feedback, ``reviewing`` turns it into questions. May import everything below evaluation, and nothing else of
evaluation.
"""

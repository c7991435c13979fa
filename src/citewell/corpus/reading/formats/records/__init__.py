"""JSON: files of one value (``json_file``), and of one in each line (``json_lines``).

``values`` parses, and ``blocks`` makes a record readable.
"""

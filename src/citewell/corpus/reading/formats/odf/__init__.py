"""OpenDocument, as LibreOffice writes it: what texts and presentations have in common (OASIS OpenDocument 1.3).

``file`` opens a file, ``body`` goes through its text, ``spans`` through a paragraph; ``styles`` and ``lists`` say what a
paragraph is and what stands before it, ``grids`` reads tables, ``objects`` formulas and charts.
"""

"""HTML from templates, for the web pages and the evaluation report.

``templates`` sets up Jinja2, ``tokens`` reads the design tokens. Imports nothing of Citewell.
"""

"""The languages of the page, each a catalogue of messages (gettext); English is the source.

``catalogues`` reads the ``.po`` files of this folder, ``current`` has the language of a request and what the templates and
modules of the page say in it, ``choosing`` decides it. May import nothing else of Citewell but its errors.
"""

"""The corpus: files to documents, and documents to passages.

``reading`` turns files into documents (one reader per format), ``splitting`` turns a document into passages and windows,
``curating`` adds documents to a corpus and removes them, ``watching`` reacts to changes. May import the base modules, ``text``,
and ``state``, where removed documents are kept; not the encoder, whose tokeniser splitting gets as a function.
"""

"""The corpus: files to documents, and documents to passages.

``reading`` turns files into documents (a reader a format), ``sentences`` says where a text may be cut, ``splitting``
makes passages and windows of a document, ``curating`` puts documents into a corpus and takes them out, ``watching``
says when a corpus has changed. May import the nouns and ``state``, where removed documents are kept; not the encoder,
whose tokens splitting is given as a function.
"""

"""The encoder: texts to unit vectors.

``models`` says which model and where it is kept ready, ``preparing`` makes one ready, once, ``converting`` turns a
sentence-transformers model into an OpenVINO one (the only module that needs torch), ``encoding`` runs it. May import
the nouns only.
"""

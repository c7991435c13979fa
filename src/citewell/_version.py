"""The version, in a separate module that every layer can import."""

__version__ = "0.2.0"

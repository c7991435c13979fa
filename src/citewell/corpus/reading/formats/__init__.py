"""The readers, a module or package for each format: bytes to blocks in reading order.

They may import the modules of ``reading`` that make no document. The library of a format is imported when a file is read,
because the calling process knows all readers and reads no file.
"""

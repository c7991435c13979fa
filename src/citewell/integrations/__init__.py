"""Retrievers for other frameworks, each in a module that imports only its own: `langchain`, `llamaindex`, `haystack`.

``source`` asks an index or a server, and ``metadata`` is what is known of a passage. May import the assistant and the base
modules; nothing of the web.
"""

"""The API for programs: HTTP, and tools for language models.

``service`` implements the requests, ``schema`` and ``responses`` define their data, ``routes`` and ``maintaining`` are the HTTP
API, ``mcp`` the MCP server, ``completions`` and ``retrieval`` the APIs of others. May import the base modules, the desk,
``documents.maintainer``, ``integrations.metadata``, and of the web the log, problems, faults and visitors; nothing of the chat
or the panels.
"""

"""The API for programs: HTTP, and tools for language models.

``service`` implements the requests, ``schema`` defines their data, ``routes`` is the HTTP API, ``mcp`` the MCP server. May
import the base modules, the desk and ``documents.maintainer``; nothing of the page.
"""

"""What programs ask for: by HTTP, and as tools of a language model.

``service`` is what can be asked, ``schema`` its shapes, ``routes`` the HTTP API, ``mcp`` the MCP server. May import
the nouns, the desk and ``documents.maintainer``; nothing of the page.
"""

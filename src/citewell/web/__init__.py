"""The web chat. The only place that knows Gradio and HTML."""

from citewell.web.page import create_page, serve

__all__ = ["create_page", "serve"]

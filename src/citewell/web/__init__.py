"""The web chat. The only place that knows Gradio and HTML."""

from citewell.web.page import create_page
from citewell.web.serving import Server

__all__ = ["Server", "create_page"]

"""Starts the web chat: ``python app.py --host 127.0.0.1 --port 7860``."""

from citewell.cli import run_chat

if __name__ == "__main__":
    run_chat()

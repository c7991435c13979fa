"""The commands, one a module: what it is given, and the page that it writes."""

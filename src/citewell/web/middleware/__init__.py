"""The middleware that every request passes; all plain ASGI, so that streams are not buffered.

``addresses`` checks host names and proxies, ``headers`` adds security headers, ``csrf``, ``head_limit``, ``body_limit`` and
``page_routes`` reject invalid requests, ``request_log`` logs. May import the base modules, and of the web the log and problems.
"""

"""What every request passes before anything is done with it; each is plain ASGI, so that streams pass as they come.

``addresses`` says who connects, under which name and through which proxy, ``headers`` what is sent with everything,
``csrf``, ``head_limit``, ``body_limit`` and ``page_routes`` what is refused whoever asks, ``request_log`` logs. May
import the nouns and the log and problems of the web.
"""

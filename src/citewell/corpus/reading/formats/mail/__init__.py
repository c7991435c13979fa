"""E-mail: messages (``eml``), mailboxes (``mbox``) and messages of Outlook (``msg``).

``mime`` divides a message into its parts, ``messages`` makes blocks, facts and attachments of them, ``text`` blocks of a text,
and ``outlook`` writes a message of Outlook as one of the internet.
"""

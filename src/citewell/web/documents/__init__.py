"""The "Documents" tab: the contents of the index, and what a maintainer can do with it.

``maintainer`` has the operations, ``panel`` renders them, ``rebuild_metrics`` counts rebuilds for Prometheus. May import
building, the index, the corpus and the shared parts of the page.
"""

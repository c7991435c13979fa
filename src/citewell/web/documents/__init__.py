"""The tab "Documents": what the index holds, and what a maintainer does about it.

``maintainer`` is what can be done, ``panel`` how it is shown, ``rebuild_metrics`` counts rebuilds for Prometheus. May
import building, the index, the corpus and the parts that all of the page shares.
"""

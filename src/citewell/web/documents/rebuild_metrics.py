"""Metrics of rebuilds for Prometheus: their number by outcome, and documents held back."""

from __future__ import annotations

from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Gauge

from citewell.web.documents.rebuilds import Outcome, Rebuild

_COUNTED = ("added", "changed", "removed")


class RebuildMeasures:
    """Counts rebuilds.

    Args:
        registry: The registry for the metrics.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._rebuilds = Counter(
            "citewell_rebuilds", "Rebuilds of the index, by outcome.", ["outcome"], registry=registry
        )
        for outcome in get_args(Outcome):
            self._rebuilds.labels(outcome)
        self._documents = Counter(
            "citewell_rebuilt_documents",
            "Documents added, changed or removed by rebuilds.",
            ["change"],
            registry=registry,
        )
        for change in _COUNTED:
            self._documents.labels(change)
        self._success = Gauge(
            "citewell_rebuild_last_success_timestamp_seconds",
            "Time of the last successful rebuild, or of the last check that found nothing to do; 0 if none by this server.",
            registry=registry,
        )
        self._seconds = Gauge(
            "citewell_rebuild_last_seconds", "Duration of the last successful rebuild.", registry=registry
        )
        self._held_back = Gauge(
            "citewell_rebuild_held_back_documents",
            "Documents that would be removed by the rebuild that is held back.",
            registry=registry,
        )
        self._kept = Gauge(
            "citewell_documents_kept_unread",
            "Documents in the index that were unavailable at the last rebuild.",
            registry=registry,
        )

    def count(self, ended: Rebuild) -> None:
        """Count a rebuild that has ended."""
        self._rebuilds.labels(ended.outcome).inc()
        if ended.held_back:
            self._held_back.set(len(ended.held_back.lost))
        if report := ended.report:
            for change in _COUNTED:
                self._documents.labels(change).inc(getattr(report, change))
            self._success.set_to_current_time()
            self._seconds.set(report.seconds)
            self._kept.set(len(report.kept))
            self._held_back.set(0)

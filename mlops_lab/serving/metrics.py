"""What a server tells Prometheus about itself."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0)


class Meters:
    """Counters of one server, in a registry of their own."""

    media_type = CONTENT_TYPE_PLAIN_0_0_4

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        labels = ("variant", "fallback")
        self._answers = Counter("recommend_requests", "Answered requests", labels, registry=self._registry)
        self._seconds = Histogram("recommend_seconds", "Seconds to answer", buckets=SECONDS, registry=self._registry)
        self.feedback = Counter("feedback", "Accepted feedback", ("action",), registry=self._registry)
        self._champion = Gauge("champion_version", "Version that answers by default", registry=self._registry)
        self._day = Gauge("newest_data_day", "Newest day in the store", registry=self._registry)

    def answered(self, variant: str, fallback: bool, seconds: float) -> None:
        """Count one answer."""
        self._answers.labels(variant, str(fallback).lower()).inc()
        self._seconds.observe(seconds)

    def state(self, champion: int, newest_day: int) -> None:
        """Note who answers and how new the data are."""
        self._champion.set(champion)
        self._day.set(newest_day)

    def text(self) -> str:
        """All meters in the Prometheus text format."""
        return generate_latest(self._registry).decode("utf-8")

"""What Prometheus may ask: counts of events and answers, how long requests took; knows no page and no rule."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)


class Metrics:
    """One registry a server, so that two servers in one process (a test) do not share counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._events = Counter("hall_events", "Events committed since start", ["kind"], registry=self.registry)
        self._requests = Histogram(
            "hall_request_seconds", "Time to answer", ["operation", "status"], buckets=SECONDS, registry=self.registry
        )
        self._by_kind: dict[str, Counter] = {}  # finding a labelled child costs more than counting in it
        self._by_answer: dict[tuple[str, int], Histogram] = {}
        self.live_clients = Gauge("hall_live_clients", "Pages and nodes that follow a view", registry=self.registry)

    def watch(self, name: str, help_text: str, read: Callable[[], float]) -> None:
        """A gauge whose value is read when somebody asks."""
        Gauge(name, help_text, registry=self.registry).set_function(read)

    def event(self, kind: str) -> None:
        counter = self._by_kind.get(kind)
        if counter is None:
            counter = self._by_kind[kind] = self._events.labels(kind)
        counter.inc()

    def answered(self, operation: str, status: int, seconds: float) -> None:
        times = self._by_answer.get((operation, status))
        if times is None:
            times = self._by_answer[operation, status] = self._requests.labels(operation, status)
        times.observe(seconds)

    def text(self) -> bytes:
        return generate_latest(self.registry)

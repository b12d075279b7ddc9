"""One MQTT message in hand, to be acknowledged once it is kept."""

from __future__ import annotations

from collections.abc import Callable

from bridge import metrics


class Delivery:
    """Topic and payload as they came, and the way to acknowledge them.

    Acknowledging twice does nothing, nor does it at QoS 0, nor after the connection that it came on is gone: the broker
    sends it again on the next.
    """

    __slots__ = ("_ack", "kind", "payload", "topic")

    def __init__(self, topic: str, payload: bytes, ack: Callable[[], None], kind: str = "unknown") -> None:
        self.topic = topic
        self.payload = payload
        self.kind = kind
        self._ack: Callable[[], None] | None = ack
        metrics.HELD.inc()

    @property
    def acknowledged(self) -> bool:
        return self._ack is None

    def ack(self) -> None:
        """Tell the broker that the message is kept, or that there is nothing in it to keep."""
        ack, self._ack = self._ack, None
        if ack is not None:
            metrics.HELD.dec()
            metrics.ACKED.labels(self.kind).inc()
            ack()

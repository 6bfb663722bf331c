"""What each process measures about itself, for Prometheus: figures of several processes are summed.

prometheus_client keeps a process's figures in files of PROMETHEUS_MULTIPROC_DIR, which gunicorn's configuration sets.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
SNAPSHOT_FILE = "recordings_site_snapshot_file_timestamp_seconds"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.7, 2.7, 5.0, 10.0, 30.0)

CALLBACKS = Counter(
    "recordings_site_callbacks",
    "Callbacks by outcome. One callback can have several outcomes.",
    ["outcome"],
    registry=REGISTRY,
)
CALLBACK_SECONDS = Histogram(
    "recordings_site_callback_seconds",
    "Seconds to answer a callback, by event and last outcome.",
    ["event", "outcome"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
PAGE_SECONDS = Histogram(
    "recordings_site_page_seconds",
    "Seconds to the first byte of a page, by method and status.",
    ["method", "status"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
STORE_SECONDS = Histogram(
    "recordings_site_store_seconds",
    "Seconds to a storage response, by result: ok or the kind of error.",
    ["result"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
STREAMS = Gauge(
    "recordings_site_streams", "Audio streams being served.", multiprocess_mode="livesum", registry=REGISTRY
)
POOL_CONNECTIONS = Gauge(
    "recordings_site_pool_connections",
    "Database connections in use, by purpose, as of each process's last page.",
    ["purpose"],
    multiprocess_mode="livesum",
    registry=REGISTRY,
)
POOL_WAITING = Gauge(
    "recordings_site_pool_waiting",
    "Requests waiting for a database connection, by purpose, as of each process's last page.",
    ["purpose"],
    multiprocess_mode="livesum",
    registry=REGISTRY,
)
POLICIES_CONFIRMED = Gauge(
    "recordings_site_policies_confirmed_timestamp_seconds",
    "When a process last compared its policies with the database.",
    multiprocess_mode="livemax",
    registry=REGISTRY,
)


def snapshot_file_line(at: float) -> str:
    """Return, as a metric of Prometheus, when this node's snapshot file was last known to be in force (since 1970)."""
    text = "When this node's snapshot file was last confirmed to be current."
    return f"# HELP {SNAPSHOT_FILE} {text}\n# TYPE {SNAPSHOT_FILE} gauge\n{SNAPSHOT_FILE} {at:.0f}\n"

"""What each process measures of itself, for Prometheus: right with several processes, whose figures are added up.

prometheus_client keeps a process's figures in files of PROMETHEUS_MULTIPROC_DIR, which gunicorn's configuration sets.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
SNAPSHOT_FILE = "recordings_site_snapshot_file_timestamp_seconds"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.7, 2.5, 3.7, 5.0, 10.0, 30.0)

CALLBACKS = Counter(
    "recordings_site_callbacks",
    "What became of callbacks: one may have several outcomes.",
    ["outcome"],
    registry=REGISTRY,
)
CALLBACK_SECONDS = Histogram(
    "recordings_site_callback_seconds",
    "Seconds until a callback was answered, by event and by the last of its outcomes.",
    ["event", "outcome"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
PAGE_SECONDS = Histogram(
    "recordings_site_page_seconds",
    "Seconds until a page began to be sent, by method and status.",
    ["method", "status"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
STORE_SECONDS = Histogram(
    "recordings_site_store_seconds",
    "Seconds until a store answered, by result: ok, or the kind of its error.",
    ["result"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
STREAMS = Gauge(
    "recordings_site_streams", "Listeners who are being served.", multiprocess_mode="livesum", registry=REGISTRY
)
POOL_CONNECTIONS = Gauge(
    "recordings_site_pool_connections",
    "Database connections that are in use, by purpose, as of each process's last page.",
    ["purpose"],
    multiprocess_mode="livesum",
    registry=REGISTRY,
)
POOL_WAITING = Gauge(
    "recordings_site_pool_waiting",
    "Requests that wait for a database connection, by purpose, as of each process's last page.",
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
    text = "When the snapshot file of this node was last confirmed to be what is in force."
    return f"# HELP {SNAPSHOT_FILE} {text}\n# TYPE {SNAPSHOT_FILE} gauge\n{SNAPSHOT_FILE} {at:.0f}\n"

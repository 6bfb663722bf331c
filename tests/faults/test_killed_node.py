"""Two nodes that answer calls behind the nginx configuration that the site ships: losing one loses no call."""

import json
import os
import signal
import socket
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from recordings_site.sinch import svaml
from tests import postgres
from tests.running_callbacks import Caller
from tests.running_site import Load, Site, load, receive, running, second_node
from tests.scale import scaled
from tests.stores import nginx as real_nginx
from tests.stores.faults import faulty_server

pytestmark = [pytest.mark.processes, pytest.mark.timeout(600)]

CALLS, CONNECTIONS = scaled(400, 5000), 8
FOUND = """
import json
from recordings_site.calls.models import Call
print(json.dumps({call.call_id: call.recordings.count() for call in Call.objects.all()}))
"""


def kill(site: Site) -> None:
    """End a node's processes as a crash of its machine would."""
    for pid in (site.server.pid, *site.web_processes()):
        os.kill(pid, signal.SIGKILL)


def test_killing_one_node_loses_no_call(tmp_path: Path) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(postgres.migrated())
        first = stack.enter_context(running(server.url, processes=1))
        second = stack.enter_context(second_node(first))
        caller = Caller(first)
        nodes = f"127.0.0.1:{second.port}; server 127.0.0.1:{first.port}"
        proxy = real_nginx.start(tmp_path, web=f"127.0.0.1:{first.port}", callbacks=nodes)
        stack.callback(proxy.stop)
        calls = [caller.ice(f"call-{number}") for number in range(CALLS)]
        done: list[Load] = []
        placing = threading.Thread(target=lambda: done.append(load(proxy.port, calls, connections=CONNECTIONS)))
        placing.start()
        while first.python("from recordings_site.calls.models import Call; print(Call.objects.count())") == "0\n":
            time.sleep(0.05)
        kill(second)
        placing.join()
        bodies = [answer.partition(b"\r\n\r\n")[2] for answer in done[0].answers]
        assert len(bodies) == CALLS
        assert all(svaml.recording_requests(json.loads(body)) for body in bodies)
        assert json.loads(first.python(FOUND)) == {f"call-{number}": 1 for number in range(CALLS)}


def test_nodes_that_could_not_store_an_event_still_get_the_next_call(tmp_path: Path) -> None:
    """Their 503 sends a notification to the other node, and must not count as the loss of both."""
    with ExitStack() as stack:
        nodes = [stack.enter_context(faulty_server()) for _ in range(2)]
        for node in nodes:
            node.says(503, b"unavailable")
        callbacks = "; server ".join(f"127.0.0.1:{node.port}" for node in nodes)
        proxy = real_nginx.start(tmp_path, web="127.0.0.1:9", callbacks=callbacks)
        stack.callback(proxy.stop)

        def status() -> bytes:
            with socket.create_connection(("127.0.0.1", proxy.port), 20) as connection:
                connection.sendall(b"POST /callbacks/sinch/ HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}")
                return receive(connection)[9:12]

        assert [status() for _ in range(4)] == [b"503"] * 4
        for node in nodes:
            node.says(200, b"{}")
        assert status() == b"200"

"""How gunicorn runs the site."""

import gc
import subprocess
import sys

import pytest

from recordings_site.ops import gunicorn_config
from tests.house import ROOT

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_collector_leaves_alone_what_is_loaded_before_the_first_request() -> None:
    try:
        gunicorn_config.post_worker_init(None)
        assert gc.get_freeze_count() > len(gc.get_objects())
    finally:
        gc.unfreeze()


THREADS = """
import ctypes, threading
from recordings_site.ops import gunicorn_config
gunicorn_config.end_with_parent = lambda: None
{start}
gate, held = threading.Barrier(13), []
def hold():
    held.append(bytes(50_000))
    gate.wait()
    gate.wait()
for _ in range(12):
    threading.Thread(target=hold).start()
gate.wait()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
libc.malloc_info(0, ctypes.c_void_p(libc.fdopen(1, b"w")))
libc.fflush(None)
gate.wait()
"""


def test_many_threads_share_few_arenas() -> None:
    def arenas(start: str) -> int:
        program = [sys.executable, "-c", THREADS.format(start=start)]
        return subprocess.run(program, cwd=ROOT, check=True, capture_output=True).stdout.count(b"<heap nr=")

    assert arenas("gunicorn_config.on_starting(None)") <= gunicorn_config.ARENAS < arenas("")

"""How gunicorn runs the site."""

import sys

import pytest

from recordings_site.ops import gunicorn_config

pytestmark = pytest.mark.django_db(transaction=True)


def test_threads_of_a_crowd_take_turns_shorter_than_python_s_own() -> None:
    before = sys.getswitchinterval()
    try:
        gunicorn_config.post_worker_init(None)
        assert sys.getswitchinterval() == pytest.approx(gunicorn_config.SWITCH_INTERVAL)
        assert sys.getswitchinterval() < before
    finally:
        sys.setswitchinterval(before)

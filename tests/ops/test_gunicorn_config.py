"""How gunicorn runs the site."""

import gc

import pytest

from recordings_site.ops import gunicorn_config

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_collector_leaves_alone_what_is_loaded_before_the_first_request() -> None:
    try:
        gunicorn_config.post_worker_init(None)
        assert gc.get_freeze_count() > len(gc.get_objects())
    finally:
        gc.unfreeze()

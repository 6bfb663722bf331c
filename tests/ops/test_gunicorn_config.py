"""How gunicorn runs the site."""

import pytest

from recordings_site.ops import gunicorn_config
from recordings_site.policies.engine import snapshot

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_in_force_is_loaded_before_the_first_request() -> None:
    snapshot.forget()
    gunicorn_config.post_worker_init(None)
    assert snapshot.is_loaded()

"""How gunicorn runs the site."""

import pytest

from recordings_site.ops import gunicorn_config
from recordings_site.ops.snapshot_copies import keeping
from recordings_site.policies.engine import snapshot

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_in_force_is_loaded_before_the_first_request(monkeypatch: pytest.MonkeyPatch) -> None:
    began: list[bool] = []
    monkeypatch.setattr(keeping, "keep_in_background", lambda: began.append(snapshot.is_loaded()))
    snapshot.forget()
    gunicorn_config.post_worker_init(None)
    assert began == [True]

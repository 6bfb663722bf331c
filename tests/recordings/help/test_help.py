"""The help pages: one for each topic that concerns one's role."""

import pytest
from django.test import Client

from recordings_site.recordings.help.topics import TOPICS
from tests import factories

pytestmark = pytest.mark.django_db


def status(person: object, slug: str) -> int:
    client = Client()
    client.force_login(person)  # type: ignore[arg-type]
    return client.get(f"/help/{slug}/").status_code


def test_an_admin_reads_every_topic_and_an_agent_those_about_calls() -> None:
    admin, agent = factories.admin(), factories.user()
    assert {topic.slug for topic in TOPICS if status(admin, topic.slug) == 200} == {topic.slug for topic in TOPICS}
    assert {topic.slug for topic in TOPICS if status(agent, topic.slug) == 404} == {"connecting", "policies"}
    assert status(admin, "nothing") == 404


def test_the_index_leads_to_each_topic() -> None:
    client = Client()
    client.force_login(factories.user())
    page = client.get("/help/").content.decode()
    assert all((f'href="/help/{topic.slug}/"' in page) is not topic.setup for topic in TOPICS)

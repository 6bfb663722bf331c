"""What browser tests that visit every page share: a browser that is signed in, and the pages there are."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext
from pytest_django.live_server_helper import LiveServer

from recordings_site.accounts.models import User


def sign_in(context: BrowserContext, live_server: LiveServer, person: User) -> Client:
    """Give the browser a session of `person`; the client that it came from is given back."""
    client = Client()
    client.force_login(person)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    return client


real_transactions = pytest.mark.django_db(transaction=True)

"""A message may carry the form that undoes what it reports."""

from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory

from recordings_site.web.undo import Undo, undo_of, undoable


def request_with_messages() -> HttpRequest:
    request = RequestFactory().get("/")
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    return request


def test_a_message_says_what_undoes_it() -> None:
    request = request_with_messages()
    undoable(request, "2 recordings tagged.", Undo("/recordings/untag/", (("pk", "1"), ("pk", "2"))))
    (message,) = get_messages(request)
    assert message.message == "2 recordings tagged."
    assert undo_of(message) == Undo("/recordings/untag/", (("pk", "1"), ("pk", "2")))


def test_its_form_shows_every_field_escaped_and_other_messages_have_none() -> None:
    request = request_with_messages()
    undoable(request, "Tagged.", Undo("/u/", (("name", '"><b>'),)))
    page = engines["django"].from_string('{% include "_messages.html" %}')
    shown = page.render({"messages": get_messages(request)}, request)
    assert 'action="/u/"' in shown
    assert "&quot;&gt;&lt;b&gt;" in shown
    assert "Undo" in shown

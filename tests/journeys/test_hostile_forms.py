"""Whatever is posted to a form: it is taken, or refused with what was typed still there. Never an error page."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urljoin

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from tests.journeys.site_map import pages
from tests.journeys.worlds import ADMIN, SUPPORT, World, small_world
from tests.scale import scaled

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(3600)]

FORM_TYPE = "application/x-www-form-urlencoded"
VALUES = (
    "\0a\0b",
    "x" * 100_000,
    "\u202eright to left \u0627\u0644\u0639\u0631\u0628\u064a\u0629",
    "\U0001f469\u200d\U0001f4bb\u2764\ufe0f",
    "-1",
    "9" * 40,
    "1e999",
    "'\"><script>ran()</script>{{ 1 }}%s%%",
    "0001-01-01",
    "=HYPERLINK(1)\r\nX-Injected: 1",
    "\ufffe\uffff\u2028",
)
# What is no form, or not all of one.
BODIES = (
    (b"%ff%fe=%80&\x80=\xff", FORM_TYPE),
    (b"--x\r\nContent-Disposition: form-data\r\n\r\n", "multipart/form-data; boundary=x"),
    ("name=ä&key=€".encode("utf-16"), f"{FORM_TYPE}; charset=utf-16"),
    (b"a=b", f"{FORM_TYPE}; charset=no-such-charset"),
    (b"--x\r\n", "multipart/form-data"),
    (encode_multipart(BOUNDARY, {"name": "x"})[:-30], MULTIPART_CONTENT),
    (b"{", "application/json"),
    (b"", ""),
)
# What a form shows again as it was typed.
TYPED = frozenset({"text", "search", "email", "url", "tel", "number", "date", "time", "datetime-local", "textarea"})


@dataclass
class PostedForm:
    """A form of a page: where it is posted to, what a browser would post of it, and the kinds of its fields."""

    page: str
    action: str
    values: dict[str, list[str]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What it is known as in a failure."""
        return f"{self.page} → {self.action} ({', '.join(self.kinds)})"


class _Forms(HTMLParser):
    """Collects the forms of a page that are posted."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.found: list[PostedForm] = []
        self._open: PostedForm | None = None
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form or a field of one."""
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            is_posted = has.get("method", "").lower() == "post"
            self._open = PostedForm(self.page, urljoin(self.page, has.get("action", ""))) if is_posted else None
            self.found += [self._open] if self._open else []
        if self._open is None:
            return
        name, kind = has.get("name", ""), has.get("type", "text") if tag == "input" else tag
        if tag in ("input", "select", "textarea", "button") and name and name != "csrfmiddlewaretoken":
            self._open.kinds.setdefault(name, kind)
        if tag == "input" and name in self._open.kinds and (kind not in ("checkbox", "radio") or "checked" in has):
            self._open.values.setdefault(name, []).append(has.get("value", ""))
        if tag in ("select", "textarea"):
            self._select, self._area = (name, "") if tag == "select" else ("", name)
        if tag == "option" and self._select and ("selected" in has or self._select not in self._open.values):
            self._open.values[self._select] = [has.get("value", "")]

    def handle_data(self, data: str) -> None:
        """What a text area holds."""
        if self._area and self._open is not None:
            self._open.values.setdefault(self._area, []).append(data)

    def handle_endtag(self, tag: str) -> None:
        """A form or a field ends."""
        if tag == "form":
            self._open = None
        elif tag in ("select", "textarea"):
            self._select = self._area = ""


def forms(client: Client, world: World) -> list[PostedForm]:
    """Every form of every page of a person, each once, however many pages show it."""
    found: dict[tuple[str, tuple[str, ...]], PostedForm] = {}
    for page in pages(client, world.values):
        parser = _Forms(page)
        parser.feed(client.get(page).content.decode())
        for form in parser.found:
            found.setdefault((form.action, tuple(form.kinds)), form)
    return list(found.values())


def hostile(form: PostedForm) -> Iterator[dict[str, list[str]]]:
    """What is posted: all fields hostile at once, and each by itself among what a browser would post."""
    names = list(form.kinds)
    for shift in range(len(VALUES)):
        yield {name: [VALUES[(place + shift) % len(VALUES)]] for place, name in enumerate(names)}
    yield {name: [*form.values.get(name, []), "again", VALUES[2]] for name in names}
    for name in names:
        for value in VALUES:
            yield form.values | {name: [value]}


@dataclass
class Visitor:
    """An admin who posts, and of whose posts nothing stays."""

    client: Client
    broken: list[str] = field(default_factory=list)

    def post(self, url: str, data: Any) -> HttpResponse | None:
        """Post a form, and note an error page. Returns None for one that could not be answered at all."""
        return self._note(url, lambda: self.client.post(url, data))

    def post_raw(self, url: str, body: bytes, content_type: str) -> None:
        """Post these bytes, and note an error page."""
        self._note(url, lambda: self.client.generic("POST", url, body, content_type))

    def _note(self, url: str, ask: Callable[[], Any]) -> HttpResponse | None:
        cookies = SimpleCookie(self.client.cookies.output(header="", sep=";"))
        try:
            with transaction.atomic():
                answer = ask()
                if answer.streaming:
                    list(answer)
                transaction.set_rollback(True)
        except Exception as error:  # noqa: BLE001 - whatever it is, the visitor would get an error page
            self.broken.append(f"{url}: {type(error).__name__}: {str(error)[:200]}")
            return None
        finally:
            self.client.cookies = cookies
        if answer.status_code >= 500:
            self.broken.append(f"{url}: {answer.status_code}")
        answered: HttpResponse = answer
        return answered


def lost(form: PostedForm, posted: Mapping[str, list[str]], page: str) -> list[str]:
    """The fields whose typed text the page that refuses them does not show again."""
    shown = unescape(page)
    return [
        name
        for name, values in posted.items()
        if form.kinds[name] in TYPED and "\0" not in values[-1] and values[-1].strip() not in shown
    ]


@pytest.mark.skipif(not scaled(0, 1), reason="it takes minutes: SCALE=full")
def test_no_form_breaks_or_loses_what_was_typed_or_is_taken_without_its_token() -> None:
    world = small_world()
    visitor, stranger = Visitor(Client()), Client(enforce_csrf_checks=True)
    for client in (visitor.client, stranger):
        client.force_login(world.people[ADMIN])
    found, gone = forms(visitor.client, world), []
    assert len(found) > 40
    for form in found:
        for posted in hostile(form):
            answer = visitor.post(form.action, posted)
            if answer is not None and answer.status_code == 422:
                missing = lost(form, posted, answer.content.decode())
                gone += [f"{form.name}: {name} = {posted[name][-1][:40]!r}" for name in missing]
        for body, kind in BODIES:
            visitor.post_raw(form.action, body, kind)
        assert stranger.post(form.action, dict.fromkeys(form.kinds, "x")).status_code == 403, form.name
    assert visitor.broken == []
    assert list(dict.fromkeys(gone)) == []


@pytest.mark.parametrize("key", ["9" * 40, "9" * 5000, "-1", "²"])
def test_a_key_that_no_database_holds_names_no_row(key: str) -> None:
    world = small_world()
    client = Client()
    client.force_login(world.people[SUPPORT])
    saved = reverse("saved_seen", args=[world.values["saved_id"]])
    assert client.post(saved, {"seen": "no", "match": key}).status_code == 302
    assert client.get(reverse("completeness"), {"number": key}).status_code == 404
    client.force_login(world.people[ADMIN])
    assert client.post(reverse("numbers_edit"), {"numbers": key}).status_code < 500


def test_a_word_to_go_back_to_is_no_name_of_a_page() -> None:
    client = Client()
    client.force_login(small_world().people[ADMIN])
    answer = client.post(reverse("profile_zone"), {"time_zone": "", "next": "nowhere"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "nowhere")

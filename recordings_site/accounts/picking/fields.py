"""Form fields for rows that are picked by typing: a select while they are few, else a text input with suggestions.

What was typed is sent as `<name>-text` and what was selected as `<name>`, so that an address which holds a row's key
means that row, whatever others are called. Without JavaScript the suggestions are missing and the rest works.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Model
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from recordings_site.accounts.models import User
from recordings_site.accounts.picking.choices import MOST, Choice, Choices, NotPicked

SUFFIX = "-text"


class Typed(str):
    """What was typed, not a key."""


class PickWidget(forms.Widget):
    """A select of all rows, or the input with its suggestions."""

    template = "_picker.html"
    choices: Choices
    user: User
    nothing: str
    # What rows are called that were looked up already, by their keys.
    known: dict[str, str]

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """What was typed, else the key that was selected."""
        return Typed(data[name + SUFFIX].strip()) if name + SUFFIX in data else data.get(name)

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Whether neither came."""
        return name not in data and name + SUFFIX not in data

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        """The element, with at most as many rows as a page offers."""
        rows = self.choices.first(self.user, MOST + 1)
        few = len(rows) <= MOST
        context = {
            "name": name if few else name + SUFFIX,
            "attributes": flatatt(self.build_attrs(self.attrs, attrs)),
            "id": (attrs or {}).get("id", name),
            "kind": self.choices.name,
            "nothing": self.nothing,
            "few": few,
            "rows": [(each, str(each.key) == str(value)) for each in rows] if few else (),
            "text": "" if few else self.word_of(value),
        }
        return render_to_string(self.template, context)

    def word_of(self, value: Any) -> str:
        """What a value is called: a row by its key, or what was typed."""
        if isinstance(value, Typed):
            return value
        if value and str(value) not in self.known:
            try:
                self.known[str(value)] = self.choices.choice(self.choices.by_key(value, self.user)).word
            except NotPicked:
                self.known[str(value)] = ""
        return self.known[str(value)] if value else ""


class PickField(forms.Field):
    """One of the rows that a person may pick; its value is the row. `offer_to` says who picks."""

    widget = PickWidget

    def __init__(self, choices: Choices, *, nothing: str = "Choose one", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = choices
        self.widget.choices, self.widget.nothing = choices, nothing

    def offer_to(self, user: User) -> None:
        """Offer the rows of this person."""
        self.user = self.widget.user = user
        self.found: dict[tuple[bool, Any], Model] = {}
        self.widget.known = {}

    @property
    def has_none(self) -> bool:
        """Whether there is no row to pick."""
        return not self.choices.rows(self.user).exists()

    def to_python(self, value: Any) -> Model | None:
        """The row of a key or a typed text."""
        if value in self.empty_values:
            return None
        typed = isinstance(value, Typed)
        if (typed, value) not in self.found:
            try:
                find = self.choices.by_text if typed else self.choices.by_key
                self.found[typed, value] = find(value, self.user)
            except NotPicked as problem:
                if not typed:
                    self.widget.known[str(value)] = ""
                raise forms.ValidationError(str(problem)) from None
        return self.found[typed, value]

    def prepare_value(self, value: Any) -> Any:
        """The key of the row that is shown as picked; what was typed where it means none."""
        if isinstance(value, Typed):
            try:
                value = self.to_python(value)
            except forms.ValidationError:
                return value
        row = self.found.get((False, value), value)
        if not isinstance(row, Model):
            return value
        choice = self.choices.choice(row)
        self.widget.known[str(choice.key)] = choice.word
        return choice.key


class PickManyWidget(PickWidget):
    """Checkboxes of all rows; or of those that are picked, and an input that adds one."""

    template = "_picker_many.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The keys that are checked, and what was typed."""
        typed = data.get(name + SUFFIX, "").strip()
        return [*data.getlist(name), *([Typed(typed)] if typed else [])]

    def id_for_label(self, id_: str) -> str:
        """No label is that of all checkboxes: they are a group."""
        return ""

    use_fieldset = True

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        """The elements, with at most as many rows as a page offers beside those that are picked."""
        rows, keys = (
            self.choices.first(self.user, MOST + 1),
            [each for each in value or [] if not isinstance(each, Typed)],
        )
        few, picked = len(rows) <= MOST, {str(key) for key in keys}
        if not few:
            rows = [Choice(key, word) for key in keys if (word := self.word_of(key))]
        context = {
            "name": name,
            "text_name": name + SUFFIX,
            "id": (attrs or {}).get("id", name),
            "attributes": flatatt({"id": f"{(attrs or {}).get('id', name)}-text"}),
            "kind": self.choices.name,
            "noun": self.choices.noun,
            "few": few,
            "rows": [(each, str(each.key) in picked) for each in rows],
            "text": next((each for each in value or [] if isinstance(each, Typed)), ""),
        }
        return render_to_string(self.template, context)


class PickManyField(PickField):
    """Some of the rows that a person may pick; its value is a list of them."""

    widget = PickManyWidget

    def to_python(self, value: Any) -> Any:
        """The rows of keys and typed texts, each once."""
        found = (PickField.to_python(self, each) for each in value or [])
        return list({row.pk: row for row in found if row is not None}.values())

    def prepare_value(self, value: Any) -> Any:
        """The keys of the rows that are shown as picked, and what was typed where it means none."""
        return [PickField.prepare_value(self, each) for each in value or []]


def offer_to(form: forms.BaseForm, user: User) -> None:
    """Offer each pick of a form to a person."""
    for field in form.fields.values():
        if isinstance(field, PickField):
            field.offer_to(user)


class PickForm(forms.Form):
    """A form with picks, filled in by `user`."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        offer_to(self, user)

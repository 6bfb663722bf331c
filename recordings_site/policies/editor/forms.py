"""The form of a policy's document: flat fields, a formset of rules, a formset of the menu's keys.

The form only carries values: `engine.schema.document.parse` decides what is right, and its problems come back at their
fields. So a form, an import and a stored version obey the same rules.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.forms.utils import ErrorDict

from recordings_site.accounts.models import User
from recordings_site.accounts.picking.fields import offer_to
from recordings_site.policies.editor.forms_fields import TextsField, form_fields, form_json
from recordings_site.policies.editor.forms_initial import initial, menu_initial, rules_initial, steps_initial
from recordings_site.policies.editor.forms_route import (
    BRANCH_CHOICES,
    FIELDS,
    RECORDING_CHOICES,
    ROUTE_CHOICES,
    branch_initial,
    branch_json,
    in_country,
    route_fields,
    route_json,
)
from recordings_site.policies.engine.explain import descriptions
from recordings_site.policies.engine.schema import locales, sequence, voices
from recordings_site.policies.engine.schema.document import PolicyDocument, Rule, parse
from recordings_site.policies.engine.schema.parsing import DocumentError, Problem
from recordings_site.policies.engine.schema.sequence import Step
from recordings_site.policies.models import Application, Policy
from recordings_site.web.seen_form import SeenForm

# The name of the whole draft, when the form says that another person changed it.
DRAFT = "the draft"


class RuleForm(forms.Form):
    """One rule; `sentence` says it in words, as far as the document can be read. One that was just added is open."""

    sentence = ""
    is_open = False

    def __init__(self, *args: Any, country: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(form_fields(Rule))
        for field in self.fields.values():
            if isinstance(field, TextsField):
                field.country = country

    def open_up(self) -> None:
        """Show the fields, and begin with the first."""
        self.is_open = True
        self.fields["record"].widget.attrs["autofocus"] = True

    def to_json(self) -> dict[str, Any]:
        """The rule's JSON, as far as its fields could be read."""
        found = form_json(Rule, self.cleaned_data)
        if not found["record"]:
            # A rule that excludes has no percentage: the field is out of sight then.
            del found["percent"]
        return found


class StepForm(forms.Form):
    """One step of what is recorded."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(form_fields(Step))

    def to_json(self) -> dict[str, Any]:
        """The step's JSON; what its kind does not use is out of sight, and left out."""
        found = form_json(Step, self.cleaned_data)
        used = {"say": ("do", "text", "locale"), "play": ("do", "files", "locale")}.get(found["do"], ("do",))
        return {name: value for name, value in found.items() if name in used}


class MenuOptionForm(forms.Form):
    """One key of the menu and where it leads."""

    dtmf = forms.CharField(label="Key", max_length=1)
    action = forms.ChoiceField(choices=BRANCH_CHOICES, label="Leads to")
    target = forms.CharField(required=False, max_length=255, label="Number, endpoint or conference ID")
    recording = forms.ChoiceField(choices=RECORDING_CHOICES, required=False, label="Recording")


RuleFormSet = formset_factory(RuleForm, extra=0, can_order=True, can_delete=True, max_num=100)
StepFormSet = formset_factory(StepForm, extra=0, can_delete=True, max_num=sequence.MOST)
MenuFormSet = formset_factory(MenuOptionForm, extra=0, can_delete=True, max_num=12)


class PolicyForm(SeenForm):
    """Everything of a policy but its rules and menu keys, which are its formsets `rules` and `menu`."""

    # A browser would ask for fields that are out of sight.
    use_required_attribute = False

    name = forms.CharField(max_length=100)
    route_action = forms.ChoiceField(choices=ROUTE_CHOICES, label="The call goes to")
    route_default_action = forms.ChoiceField(choices=BRANCH_CHOICES, required=False, label="Any other key leads to")
    route_default_target = forms.CharField(required=False, max_length=255, label="Number, endpoint or conference ID")

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        user: User,
        document: PolicyDocument,
        name: str = "",
        policy: Policy | None = None,
    ) -> None:
        super().__init__(data, initial=initial(document, name))
        self.policy, self.before = policy, document
        declared = form_fields(PolicyDocument)
        self.fields.update({**declared, **route_fields()})
        self.order_fields(["name", *declared])
        offer_to(self, user)
        self.country = Application.objects.common_country()
        self.rules: BaseFormSet[RuleForm] = RuleFormSet(
            data, prefix="rules", initial=rules_initial(document), form_kwargs={"country": self.country}
        )
        # A form without its steps, as a program may post it, leaves them as they are.
        self.shows_steps = data is None or "steps-TOTAL_FORMS" in data
        self.steps: BaseFormSet[StepForm] = StepFormSet(
            data if self.shows_steps else None, prefix="steps", initial=steps_initial(document)
        )
        self.menu: BaseFormSet[MenuOptionForm] = MenuFormSet(data, prefix="menu", initial=menu_initial(document))
        if not self.is_bound:
            self._mark_problems(self.rules.forms, document)
        self.locales, self.voices = locales.TRANSCRIPTION, voices.SUGGESTED
        self.document: PolicyDocument | None = None
        self.problems: tuple[Problem, ...] = ()

    def clean_name(self) -> str:
        """A name that no other policy has."""
        name: str = self.cleaned_data["name"].strip()
        others = Policy.objects.filter(name=name)
        if (others.exclude(pk=self.policy.pk) if self.policy else others).exists():
            raise forms.ValidationError("This name is taken.")
        return name

    def shown_values(self) -> Mapping[str, Any]:
        """The name, and all that is drafted as one value."""
        return {"name": self.initial["name"], DRAFT: self.before.to_dict()} if self.policy else {}

    def read(self) -> PolicyDocument | None:
        """The document that was posted, whether or not it may be saved; None when it cannot be read."""
        # Asking for the errors reads it, once.
        return self.document if self.errors or self.document else None

    def without_error_messages(self) -> None:
        """Show what was typed without judging it: a key that was just added has nothing in it yet."""
        self.read()
        for form in (self, *self.rules.forms, *self.menu.forms, *self.steps.forms):
            form.__dict__["_errors"] = ErrorDict()

    def is_valid(self) -> bool:
        """Whether everything can be read; then `document` holds it."""
        return super().is_valid() and self.document is not None

    def clean(self) -> dict[str, Any]:
        """Read rules, menu and the rest as one document, and put each problem at its field."""
        data = super().clean() or {}
        readable = [self.rules.is_valid(), self.menu.is_valid(), not self.shows_steps or self.steps.is_valid()]
        try:
            document = parse(self.to_json(data))
        except DocumentError as error:
            self.problems = error.problems
            for problem in error.problems:
                self._place(problem)
        else:
            # A name that is missing yet should not keep the preview waiting.
            if all(readable) and not set(self.errors) - {"name"}:
                self.document = document
                self._mark_problems(self.ordered_rules(), document)
        return data

    def to_json(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The document's JSON from the cleaned data."""
        found = form_json(PolicyDocument, data)
        found["how"]["steps"] = (
            [form.to_json() for form in self._kept(self.steps)]
            if self.shows_steps
            else [step.to_dict() for step in self.before.how.steps]
        )
        return {
            **found,
            "rules": [form.to_json() for form in self.ordered_rules()],
            "route": in_country(self._route(data), self.country),
        }

    def _route(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The route's JSON; what an import may say and no field shows stays, as long as the place is the same."""
        route, before = route_json(data), self.before.route.to_dict()
        shown = {"action", "options", "default", *FIELDS[route["action"]]}
        if before["action"] == route["action"]:
            route.update({name: value for name, value in before.items() if name not in shown})
        if route["action"] == "runMenu":
            known = {option["dtmf"]: option["route"] for option in before.get("options", ())}
            route["options"] = [
                {
                    "dtmf": row.get("dtmf", ""),
                    "route": _branch(row, known.get(row.get("dtmf", ""))),
                    "recording": row.get("recording", ""),
                }
                for row in (form.cleaned_data for form in self._kept(self.menu))
            ]
            last = {"action": data.get("route_default_action"), "target": data.get("route_default_target")}
            route["default"] = _branch(last, before.get("default"))
        return route

    def rule_prefixes(self) -> list[str]:
        """The prefix of each rule's fields, in the order of the document's rules."""
        return [str(form.prefix) for form in (self.ordered_rules() if self.is_bound else self.rules.forms)]

    def ordered_rules(self) -> list[RuleForm]:
        """The rules that stay, in the order that was given to them."""

        def place(numbered: tuple[int, RuleForm]) -> tuple[int, int]:
            order = numbered[1].cleaned_data.get("ORDER")
            return (numbered[0] + 1 if order is None else order, numbered[0])

        return [form for _, form in sorted(enumerate(self._kept(self.rules)), key=place)]

    def _mark_problems(self, forms_of_rules: list[RuleForm], document: PolicyDocument) -> None:
        for form, rule in zip(forms_of_rules, document.rules, strict=True):
            form.sentence = descriptions.rule_sentence(rule, document.time_zone)

    def _kept(self, formset: Any) -> list[Any]:
        return [form for form in formset.forms if hasattr(form, "cleaned_data") and not form.cleaned_data.get("DELETE")]

    def _place(self, problem: Problem) -> None:
        """Put a problem of the document at its field: `rules.1.when.start`, `how.notice`, `route.options.0.dtmf`."""
        head, *rest = problem.path.split(".")
        message = f"It {problem.message}."
        if head == "rules" and rest:
            form: forms.Form = self.ordered_rules()[int(rest[0])]
            field = rest[-1] if rest[-1] in form.fields else None
            form.add_error(field, message)
            self.add_error(None, f"Rule {int(rest[0]) + 1}: {rest[-1]} {problem.message}.")
            return
        if problem.path.startswith("how.steps.") and len(rest) > 1:
            step = self._kept(self.steps)[int(rest[1])]
            step.add_error(rest[-1] if rest[-1] in step.fields else None, message)
            self.add_error(None, f"Step {int(rest[1]) + 1}: {rest[-1]} {problem.message}.")
            return
        if problem.path.startswith("route.options.") and len(rest) > 1:
            form = self._kept(self.menu)[int(rest[1])]
            form.add_error(rest[-1] if rest[-1] in form.fields else "target", message)
            self.add_error(None, f"Menu: {rest[-1]} {problem.message}.")
            return
        name = problem.path.replace(".", "_")
        if name.startswith("route_default"):
            name = "route_default_target"
        if name not in self.fields:
            self.add_error(None, f"{problem.path}: {problem.message}.")
        elif not self.has_error(name):
            self.add_error(name, message)


def _branch(row: Mapping[str, Any], before: Mapping[str, Any] | None) -> dict[str, Any]:
    """A place that a menu leads to; the same as before keeps what no field shows of it."""
    action, target = row.get("action") or "hangup", row.get("target") or ""
    if before is not None and branch_initial(before) == (action, target):
        return dict(before)
    return branch_json(action, target)

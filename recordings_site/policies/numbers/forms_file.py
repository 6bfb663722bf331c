"""The form of a file of numbers: read, planned, and kept as text while it is previewed or mended."""

from typing import Any, cast

from django import forms
from django.http import QueryDict

from recordings_site.accounts.choices import TEAMS
from recordings_site.accounts.picking.fields import PickField, PickForm
from recordings_site.policies.choices import APPLICATIONS_IN_USE, POLICIES_IN_USE
from recordings_site.policies.numbers import file_lines, file_plan
from recordings_site.policies.numbers.file_lines import COLUMNS, FileError

MAX_FILE = 2 * 1024 * 1024
PLACEHOLDER = ",".join(COLUMNS)


class NumbersFileForm(PickForm):
    """A file of numbers, or its lines pasted, and what new numbers get where a line does not say."""

    file = forms.FileField(required=False, label="CSV file", widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))
    pasted = forms.CharField(
        required=False, label="Or paste lines", max_length=MAX_FILE, strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "placeholder": PLACEHOLDER}),
    )  # fmt: skip
    application = PickField(
        APPLICATIONS_IN_USE,
        required=False,
        nothing="None",
        help_text="Used for new numbers whose line doesn’t name one.",
    )
    team = PickField(
        TEAMS, required=False, nothing="None", help_text="Used for new numbers whose line doesn’t name one."
    )
    policy = PickField(
        POLICIES_IN_USE,
        required=False,
        nothing="No policy",
        help_text="Used for new numbers whose line doesn’t name one.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = file_plan.Plan()

    def clean(self) -> dict[str, Any]:
        """Read the file, and plan what it does."""
        data = super().clean() or {}
        if self.errors:
            return data
        upload, text = data.get("file"), data.get("pasted", "")
        try:
            if upload is not None:
                text = self._text_of(upload)
            if not text.strip():
                raise forms.ValidationError("Choose a file or paste lines.")
            lines = file_lines.lines(text)
        except FileError as error:
            raise forms.ValidationError(str(error)) from None
        if not lines:
            raise forms.ValidationError("The file contains no numbers below its first line.")
        defaults = file_plan.Defaults(data["application"], data["team"], data["policy"])
        self.plan = file_plan.plan(lines, defaults)
        return data

    def _text_of(self, upload: Any) -> str:
        if upload.size > MAX_FILE:
            raise FileError(f"The file is larger than {MAX_FILE // 1024 // 1024} MB. Split it.")
        text = file_lines.decoded(upload.read())
        # A browser does not choose the same file again: its text is kept in the other field.
        typed = cast(QueryDict, self.data).copy()
        typed["pasted"] = text
        self.data = typed
        return text

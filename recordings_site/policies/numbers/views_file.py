"""Numbers from a file, previewed line by line and then imported, and into a file that can be imported again."""

from collections.abc import Iterable, Iterator

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from recordings_site.accounts import access, audit
from recordings_site.accounts.access import Request
from recordings_site.accounts.approvals.kinds import Refused
from recordings_site.base.formatting import counted
from recordings_site.policies.models import PhoneNumberQuerySet
from recordings_site.policies.numbers import actions
from recordings_site.policies.numbers.file_lines import COLUMNS
from recordings_site.policies.numbers.file_plan import PlannedLine
from recordings_site.policies.numbers.forms import NumbersFilter
from recordings_site.policies.numbers.forms_file import NumbersFileForm
from recordings_site.policies.numbers.views import report
from recordings_site.web import csv_cells, keyset

# Lines of each kind that a preview shows; all of them are in the file that it offers.
SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
@access.admin_only
def numbers_import(request: Request) -> HttpResponse:
    """Add and change numbers by a file: first a preview, line by line, then the import."""
    form = NumbersFileForm(request.POST or None, request.FILES or None, user=request.user)
    step = request.POST.get("step", "preview")
    if not form.is_bound or not form.is_valid():
        return _page(request, form, status=422 if form.is_bound else 200)
    if step == "report":
        return _report(request, form.plan.lines)
    if step == "import" and form.plan.digest() == request.POST.get("plan", ""):
        return _import(request, form)
    return _page(request, form, moved=step == "import")


def _page(request: Request, form: NumbersFileForm, *, moved: bool = False, status: int = 200) -> HttpResponse:
    plan = form.plan
    kinds = [(what, plan.of(what)) for what in ("rejected", "change", "add", "unchanged")]
    context = {
        "form": form,
        "plan": plan,
        "digest": plan.digest(),
        "kinds": [(what, len(found), found[:SHOWN]) for what, found in kinds if found],
        "writes": len(plan.wanted) + len(plan.new),
        "rejected": len(plan.of("rejected")),
        "moved": moved,
        "columns": COLUMNS,
    }
    return render(request, "policies/numbers/import.html", context, status=status)


def _import(request: Request, form: NumbersFileForm) -> HttpResponse:
    plan = form.plan
    words = f"Import of {counted(len(plan.lines), 'line')}"
    try:
        made = actions.change_numbers(by=request.user, words=words, wanted=plan.wanted, new=plan.new)
    except Refused as problem:
        messages.error(request, str(problem))
        return _page(request, form, status=409)
    report(request, made)
    return redirect("numbers")


def _report(request: Request, lines: Iterable[PlannedLine]) -> HttpResponse:
    """The whole preview as a file."""
    rows = [csv_cells.row(("line", "number", "what", "field", "from", "to", "problem"))]
    for each in lines:
        parts = [(*part, "") for part in each.parts] + [(name, "", "", text) for name, text in each.problems]
        rows += [csv_cells.row((each.line, each.number, each.what, *part)) for part in parts or [("", "", "", "")]]
    answer = HttpResponse([csv_cells.byte_order_mark(request), *rows], content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="numbers-preview.csv"'
    return answer


@require_safe
@access.admin_only
def numbers_export(request: Request) -> StreamingHttpResponse | HttpResponse:
    """All numbers, or those that match the filters, as a file that can be imported again."""
    form = NumbersFilter(request.GET, user=request.user)
    found = form.matching()
    if form.errors:
        return redirect("numbers")
    audit.record(by=request.user, action="numbers.exported", data={"filters": form.words(), "count": found.count()})
    answer = StreamingHttpResponse(_rows(request, found), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="numbers.csv"'
    return answer


def _rows(request: Request, numbers: PhoneNumberQuerySet) -> Iterator[bytes]:
    yield csv_cells.byte_order_mark(request) + csv_cells.row(COLUMNS)
    for batch in keyset.batches(numbers, order=("label", "digits"), descending=False):
        rows = (
            (
                each.e164, each.label, each.application.name, each.team.name, str(each.policy or ""),
                str(each.destination or ""), each.language,
            )
            for each in batch
        )  # fmt: skip
        yield b"".join(csv_cells.row(row) for row in rows)

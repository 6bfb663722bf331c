"""The list of numbers, and changes of many of them: chosen, previewed, made, shown, undone."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import push_url

from recordings_site.accounts import access
from recordings_site.accounts.access import Request, page_or_partial
from recordings_site.accounts.approvals.kinds import Refused
from recordings_site.policies.models import NumbersChange
from recordings_site.policies.numbers import actions, queries
from recordings_site.policies.numbers.forms import EditForm, NumbersFilter, SelectionForm
from recordings_site.web import keyset
from recordings_site.web.seen_form import mark
from recordings_site.web.undo import Undo, undoable


@require_safe
@access.admin_only
def numbers(request: Request) -> HttpResponse:
    """All numbers, or those that match the filters: label, team, policy, application."""
    form, cursor = NumbersFilter(request.GET, user=request.user), request.GET.get("cursor", "")
    found = form.matching()
    page = keyset.page(found, order=("label", "digits"), descending=False, cursor=cursor)
    context = {
        "form": form,
        "page": page,
        "count": found.count(),
        "filters": form.used(),
        "newer": form.link(page.newer) if page.newer else "",
        "older": form.link(page.older) if page.older else "",
        "backward": "Previous",
        "onward": "Next",
    }
    answer = page_or_partial(request, "policies/numbers/numbers.html", "policies/numbers/_numbers.html", context)
    return push_url(answer, request.path + form.link(cursor).rstrip("?")) if request.htmx else answer


@require_POST
@access.admin_only
def numbers_edit(request: Request) -> HttpResponse:
    """Change the numbers that were ticked, or all that match: the form, the preview, then the change itself."""
    selection = SelectionForm(request.POST, user=request.user)
    if not selection.is_valid():
        messages.error(request, " ".join(str(error) for errors in selection.errors.values() for error in errors))
        return redirect("numbers")
    step, rows = request.POST.get("step", ""), selection.rows()
    form, count = EditForm(request.POST if step else None, user=request.user), rows.count()
    previewed = bool(step) and form.is_valid()
    effects = queries.effects(rows, form.row()) if previewed else []
    # What the preview showed: another policy typed since, or other numbers, have not been seen.
    preview = mark([count, form.row(), effects]) if previewed else ""
    if step == "apply" and previewed and request.POST.get("preview") == preview:
        return _change(request, selection, form)
    context = {
        "selection": selection,
        "form": form,
        "count": count,
        "effects": effects,
        "preview": preview,
        "moved": step == "apply" and previewed,
        "approval": settings.POLICY_APPROVAL,
    }
    return render(request, "policies/numbers/edit.html", context, status=422 if form.errors else 200)


def _change(request: Request, selection: SelectionForm, form: EditForm) -> HttpResponse:
    row = form.row()
    wanted = dict.fromkeys(selection.rows().order_by("pk").values_list("pk", flat=True), row)
    try:
        made = actions.change_numbers(by=request.user, words=form.words(), wanted=wanted)
    except Refused as problem:
        messages.error(request, str(problem))
    else:
        report(request, made)
    return redirect(reverse("numbers") + selection.link().rstrip("?"))


def report(request: Request, made: actions.Changed) -> None:
    """Say what a change did, with a button that undoes it."""
    words = queries.outcome(made.changed, made.added, made.waiting)
    if made.change is None or not (made.changed or made.added):
        messages.success(request, words)
    else:
        undoable(request, words, Undo(reverse("numbers_change_undo", args=[made.change.pk]), ()))


@require_safe
@access.admin_only
def numbers_change(request: Request, change_id: int) -> HttpResponse:
    """One change of many numbers: what each had and got."""
    found = get_object_or_404(NumbersChange.objects.select_related("made_by"), pk=change_id)
    count, start = len(found.rows) + len(found.held), request.GET.get("from", "")
    first = min(int(start), count) if start.isascii() and start.isdecimal() and len(start) < 8 else 0
    context = {
        "change": found,
        "count": count,
        "rows": queries.changed_rows(found, first),
        "newer": f"?from={max(0, first - queries.PAGE)}" if first else "",
        "older": f"?from={first + queries.PAGE}" if first + queries.PAGE < count else "",
        "backward": "Previous",
        "onward": "Next",
    }
    return render(request, "policies/numbers/change.html", context)


@require_POST
@access.admin_only
def numbers_change_undo(request: Request, change_id: int) -> HttpResponse:
    """Give the numbers of a change back what they had before it."""
    found = get_object_or_404(NumbersChange, pk=change_id)
    try:
        made = actions.undo_change(by=request.user, change=found)
    except Refused as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"Undone. {queries.outcome(made.changed, made.added, made.waiting)}")
    return redirect("numbers")

"""The pages of calls: the list, and one call with its explanation."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django_htmx.http import push_url

from recordings_site.accounts import access
from recordings_site.accounts.access import Request, page_or_partial
from recordings_site.calls.models import Call
from recordings_site.recordings.call_pages.forms import CallsForm
from recordings_site.recordings.criteria.call_search import calls_page
from recordings_site.recordings.criteria.emptiness import empty_reason
from recordings_site.recordings.explain import explanation, timeline
from recordings_site.recordings.models import RecordingJob
from recordings_site.web import keyset


@require_safe
@access.signed_in
def calls(request: Request) -> HttpResponse:
    """All visible calls, newest first, filtered by call id, caller, number, day and what became of them."""
    form = CallsForm(request.GET)
    page = _page(request, form)
    # A form sends its empty fields along: what stands in the address bar, and goes to colleagues, is what is in use.
    here = request.path + form.link(request.GET.get("cursor", "")).rstrip("?")
    narrowed = any(request.GET.get(name) for name in form.fields)
    context = {
        "form": form,
        "page": page,
        "decisions": list(explanation.of_list(page.rows, request.user)),
        "newer": form.link(page.newer) if page.newer else "",
        "older": form.link(page.older) if page.older else "",
        "text": request.GET.get("q", "").strip(),
        "empty": "" if page.rows or form.errors else empty_reason(request, narrowed=narrowed),
    }
    answer = page_or_partial(request, "recordings/call_pages/calls.html", "recordings/call_pages/_calls.html", context)
    return push_url(answer, here) if request.htmx else answer


def _page(request: Request, form: CallsForm) -> keyset.Page[Call]:
    """The calls that a form's filters let through; none while one of them is wrong."""
    if not form.is_valid():
        return keyset.Page((), "", "")
    asked, cursor = form.cleaned_data, request.GET.get("cursor", "")
    return calls_page(request.user, text=asked["q"], outcome=asked["decision"], began=form.began(), cursor=cursor)


@require_safe
@access.signed_in
def call(request: Request, call_id: int) -> HttpResponse:
    """One call: why it is or is not recorded, and its recordings."""
    found = get_object_or_404(Call.objects.visible_to(request.user).listed(), pk=call_id)
    context = {
        "call": found,
        "why": timeline.of_call(found, request.user),
        "technical": request.user.sees_technical_details,
        "recordings": RecordingJob.objects.visible_to(request.user).with_facts().of_call(found),
    }
    return render(request, "recordings/call_pages/call.html", context)

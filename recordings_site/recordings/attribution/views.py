"""The page that assigns recordings without a number by a rule: a preview, the start, how far it is, the undo."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from recordings_site.accounts import access
from recordings_site.accounts.access import Request, page_or_partial
from recordings_site.recordings.attribution import actions
from recordings_site.recordings.attribution.forms import RuleForm
from recordings_site.recordings.models import Attribution, RecordingJob
from recordings_site.web.seen_form import mark

SHOWN, SAMPLE = 20, 10


@require_http_methods(["GET", "HEAD", "POST"])
@access.admin_only
def attribution(request: Request) -> HttpResponse:
    """Preview a rule, and start the assignment once its count was seen."""
    form = RuleForm(request.POST or None, user=request.user)
    count, sample, preview = 0, [], ""
    if form.is_bound and form.is_valid():
        rule = form.rule()
        matching = rule.matching()
        count = matching.count()
        # What the preview showed: another rule typed since has not been seen, though it may match as many.
        preview = mark([count, *(getattr(each, "pk", each) for each in vars(rule).values())])
        if count and request.POST.get("preview") == preview:
            actions.start(by=request.user, rule=rule, expected=count)
            return redirect("attribution")
        first = list(matching.select_related("destination").order_by("-happened_at")[:SAMPLE])
        numbers = rule.numbers_for(first)
        sample = [(each, numbers.get(each)) for each in first]
    runs = list(Attribution.objects.newest_first()[:SHOWN])
    context = {
        "form": form,
        "preview": preview,
        "moved": bool(request.POST.get("preview")),
        "count": count,
        "sample": sample,
        "runs": runs,
        "running": any(run.is_running for run in runs),
        "without": RecordingJob.objects.filter(number=None, deleted_at=None).count(),
    }
    status = 422 if form.errors else 200
    page, runs_part = "recordings/attribution/attribution.html", "recordings/attribution/_attributions.html"
    return page_or_partial(request, page, runs_part, context, status=status)


@require_POST
@access.admin_only
def attribution_undo(request: Request, run_id: int) -> HttpResponse:
    """Take the numbers back that an assignment gave."""
    run = get_object_or_404(Attribution, pk=run_id)
    if actions.request_undo(by=request.user, run=run):
        messages.success(request, "The assignment is being undone.")
    return redirect("attribution")

"""Shows how complete the recordings are, and gives the figures as a file."""

from datetime import timedelta
from itertools import chain

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from recordings_site.accounts import access, audit
from recordings_site.accounts.access import Request
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.completeness import queries
from recordings_site.web.csv_cells import byte_order_mark, row
from recordings_site.web.keyset import row_key


@require_safe
@access.signed_in
def completeness(request: Request) -> HttpResponse:
    """The last thirty days, of all numbers or of one."""
    chosen = request.GET.get("number", "")
    number = None
    if chosen:
        visible = PhoneNumber.objects.visible_to(request.user)
        number = get_object_or_404(visible, pk=row_key(chosen))
    found = queries.completeness(request.user, now=timezone.now(), number=number)
    return render(request, "recordings/completeness/completeness.html", {"found": found})


@require_safe
@access.supervisor_or_admin
def completeness_export(request: Request) -> HttpResponseBase:
    """The counted days of the last thirty days as CSV, a line per number and day."""
    until = timezone.localdate(timezone.now(), timezone.get_default_timezone())
    rows = queries.visible_days(request.user, since=until - timedelta(days=queries.DAYS - 1), until=until)
    if request.method == "GET":
        audit.record(by=request.user, action="completeness.exported", data={"until": until.isoformat()})
    lines = chain([byte_order_mark(request)], map(row, queries.export_rows(rows)))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="completeness.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer

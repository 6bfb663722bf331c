"""Endpoints for machines: health and metrics."""

import hmac

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from recordings_site.ops import health as figures


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Report whether the database answers (else 503) and whether a worker keeps up; public, so nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        lag = figures.queue_lag_seconds()
    except DatabaseError:
        return JsonResponse({"status": "down", "database": "down"}, status=503)
    late = lag > figures.WORKER_LAG_LIMIT
    return JsonResponse({"status": "late" if late else "ok", "database": "ok", "worker": "late" if late else "ok"})


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The metrics in Prometheus' format, with the bearer METRICS_TOKEN; 404 without that setting."""
    wanted = f"Bearer {settings.METRICS_TOKEN}"
    given = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not hmac.compare_digest(given.encode(), wanted.encode()):
        raise Http404
    return HttpResponse(figures.exposition(figures.metrics()), content_type="text/plain; version=0.0.4")

"""The addresses of health, answered before hosts are checked and https is insisted on: probes come by IP, in clear."""

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from recordings_site.ops.probes import readiness

View = Callable[[HttpRequest], HttpResponseBase]
Question = Callable[[], tuple[bool, dict[str, str]]]


def _lives() -> tuple[bool, dict[str, str]]:
    return True, {}


QUESTIONS: Mapping[str, Question] = {
    "/health/live": _lives,
    "/health/people": readiness.for_people,
    "/health/calls": readiness.for_calls,
    "/health/worker": readiness.for_work,
}


def health_first(get_response: View) -> View:
    """Middleware that answers the questions of health itself, 200 or 503, and passes on all else."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        question = QUESTIONS.get(request.path_info.rstrip("/"))
        if question is None:
            return get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD", "Content-Length": "0"})
        is_well, codes = question()
        response = JsonResponse({"status": "ok" if is_well else "unavailable", **codes}, status=200 if is_well else 503)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Content-Length"] = str(len(response.content))
        return response

    return answer

"""Why a list has no rows, as a code; the page says what to do next."""

from recordings_site.accounts.access import Request


def empty_reason(request: Request, *, narrowed: bool) -> str:
    """Return "end", "narrowed", "no_team" or "nothing"."""
    if request.GET.get("cursor"):
        return "end"
    if narrowed:
        return "narrowed"
    if request.user.sees_nothing:
        return "no_team"
    return "nothing"

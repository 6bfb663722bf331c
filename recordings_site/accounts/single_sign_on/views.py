"""The way to the provider for a person who has to prove who they are."""

from django.http import Http404, HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from recordings_site.accounts.access import Request, own_affairs
from recordings_site.accounts.single_sign_on import confirming


@require_safe
@own_affairs
def single_sign_on_confirm(request: Request) -> HttpResponseBase:
    """Go to the provider, and from there back to the path `next`."""
    if not confirming.is_offered_to(request.user):
        raise Http404
    back = request.GET.get("next", "/")
    return confirming.to_the_provider(
        request, back=back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "/"
    )

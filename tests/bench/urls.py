"""The site's addresses, and an empty one."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from recordings_site.urls import urlpatterns as site


@csrf_exempt
def empty(request: HttpRequest) -> HttpResponse:
    """Nothing, through all of the site's middleware."""
    return HttpResponse()


urlpatterns = [path("empty", empty), *site]

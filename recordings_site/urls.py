"""The whole URL map: each room brings its own addresses."""

from allauth.account.views import password_set
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from recordings_site.accounts.access import own_affairs
from recordings_site.accounts.sessions.fresh import fresh_to_open

handler500 = "recordings_site.web.error_views.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("recordings_site.policies.editor.urls")),
    path("", include("recordings_site.calls.urls")),
    path("", include("recordings_site.policies.numbers.urls")),
    path("", include("recordings_site.policies.applications.urls")),
    path("", include("recordings_site.callbacks.urls")),
    path("", include("recordings_site.destinations.urls")),
    path("", include("recordings_site.recordings.reconcile.urls")),
    path("", include("recordings_site.recordings.attribution.urls")),
    path("", include("recordings_site.recordings.detail.urls")),
    path("", include("recordings_site.recordings.dashboard.urls")),
    path("", include("recordings_site.recordings.completeness.urls")),
    path("", include("recordings_site.recordings.library.urls")),
    path("", include("recordings_site.recordings.call_pages.urls")),
    path("", include("recordings_site.recordings.results.urls")),
    path("", include("recordings_site.recordings.saved.urls")),
    path("", include("recordings_site.recordings.live.urls")),
    path("", include("recordings_site.recordings.inbox.urls")),
    path("", include("recordings_site.recordings.palette.urls")),
    path("", include("recordings_site.recordings.help.urls")),
    path("", include("recordings_site.ops.urls")),
    path("", include("recordings_site.accounts.urls")),
    # Audio comes first: a player asks with each seek, and an address is looked for from the top.
    path("", include("recordings_site.recordings.playback.urls")),
    # One's address is the name of the account: admins set it, so the page of allauth that changes it leads elsewhere.
    path("accounts/email/", RedirectView.as_view(pattern_name="profile"), name="account_email"),
    # django-allauth asks nobody for a proof who has no password yet.
    path("accounts/password/set/", own_affairs(fresh_to_open(password_set)), name="account_set_password"),
    # Sessions are listed there, too.
    path("accounts/sessions/", RedirectView.as_view(pattern_name="profile"), name="usersessions_list"),
    path("accounts/", include("allauth.urls")),
]

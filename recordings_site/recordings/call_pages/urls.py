"""URLs of calls."""

from django.urls import path

from recordings_site.recordings.call_pages import views

urlpatterns = [
    path("calls/", views.calls, name="calls"),
    path("calls/<int:call_id>/", views.call, name="call"),
]

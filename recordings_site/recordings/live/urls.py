"""URLs of calls in progress."""

from django.urls import path

from recordings_site.recordings.live import views

urlpatterns = [
    path("live/", views.live_calls, name="live"),
    path("live/<int:call_pk>/<str:command>/", views.live_command, name="live_command"),
    path("live/conferences/<int:session_pk>/", views.live_conference, name="live_conference"),
]

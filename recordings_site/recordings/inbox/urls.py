"""URLs of the inbox."""

from django.urls import path

from recordings_site.recordings.inbox import views

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/badge/", views.inbox_badge, name="inbox_badge"),
    path("inbox/read/", views.inbox_read, name="inbox_read"),
]

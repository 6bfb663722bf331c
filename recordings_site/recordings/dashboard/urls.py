"""URL of the home page."""

from django.urls import path

from recordings_site.recordings.dashboard import views

urlpatterns = [
    path("", views.home, name="home"),
]

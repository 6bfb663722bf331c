"""URLs of the help pages."""

from django.urls import path

from recordings_site.recordings.help import views

urlpatterns = [
    path("help/", views.help_index, name="help"),
    path("help/<slug:slug>/", views.help_topic, name="help_topic"),
]

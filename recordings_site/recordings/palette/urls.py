"""URL of the palette."""

from django.urls import path

from recordings_site.recordings.palette import views

urlpatterns = [
    path("palette/", views.palette, name="palette"),
]

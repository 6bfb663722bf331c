"""The whole URL map on one screen."""

from django.urls import URLPattern, URLResolver, path

from recordings_site.ops import views as ops
from recordings_site.recordings import views_audio

urlpatterns: list[URLPattern | URLResolver] = [
    # Recordings
    path("recordings/<uuid:recording_id>/audio", views_audio.audio, name="recording_audio"),
    # Machines
    path("health/", ops.health, name="health"),
    path("metrics", ops.metrics, name="metrics"),
]

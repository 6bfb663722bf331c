"""The whole URL map on one screen."""

from django.urls import URLPattern, URLResolver, path

from recordings_site.callbacks import views as callbacks
from recordings_site.ops import views as ops
from recordings_site.recordings import views_audio

urlpatterns: list[URLPattern | URLResolver] = [
    # Recordings
    path("recordings/<uuid:recording_id>/audio", views_audio.audio, name="recording_audio"),
    # Machines
    path("health/", ops.health, name="health"),
    path("metrics", ops.metrics, name="metrics"),
    # Sinch's callbacks, with and without the slash: a redirect would lose the POST.
    path("callbacks/sinch/", callbacks.receive, name="callbacks"),
    path("callbacks/sinch", callbacks.receive),
]

"""URLs of audio."""

from django.urls import path

from recordings_site.recordings.playback import views

urlpatterns = [
    path("recordings/<uuid:recording_id>/audio", views.audio, name="recording_audio"),
    path("recordings/<uuid:recording_id>/download", views.download, name="recording_download"),
]

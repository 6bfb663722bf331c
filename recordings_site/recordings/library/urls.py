"""URLs of the list of recordings."""

from django.urls import path

from recordings_site.recordings.library import views

urlpatterns = [
    path("recordings/", views.library, name="recordings"),
    path("recordings/export/<str:export_format>/", views.library_export, name="recordings_export"),
    path("recordings/audio/", views.library_audio, name="recordings_audio"),
    path("recordings/tag/", views.library_tag, name="recordings_tag"),
    path("recordings/untag/", views.library_untag, name="recordings_untag"),
    path("recordings/heard/", views.library_mark_played, name="recordings_mark_played"),
    path("recordings/columns/", views.library_columns, name="recordings_columns"),
]

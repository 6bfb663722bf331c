"""URLs of saved searches."""

from django.urls import path

from recordings_site.recordings.saved import views

urlpatterns = [
    path("saved/", views.saved, name="saved"),
    path("saved/new/", views.saved_new, name="saved_new"),
    path("saved/<int:saved_id>/", views.saved_edit, name="saved_edit"),
    path("saved/<int:saved_id>/delete/", views.saved_delete, name="saved_delete"),
    path("saved/<int:saved_id>/seen/", views.saved_seen, name="saved_seen"),
    path("saved/<int:saved_id>/found/<uuid:recording_id>/", views.saved_found, name="saved_found"),
]

"""URLs of assignments by a rule."""

from django.urls import path

from recordings_site.recordings.attribution import views

urlpatterns = [
    path("recordings/assign/", views.attribution, name="attribution"),
    path("recordings/assign/<int:run_id>/undo/", views.attribution_undo, name="attribution_undo"),
]

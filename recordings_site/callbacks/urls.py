"""Addresses: sinch's callbacks, and connecting an application."""

from django.urls import include, path

from recordings_site.callbacks import views

urlpatterns = [
    path("applications/<int:application_id>/connect/", include("recordings_site.callbacks.connecting.urls")),
    # Sinch's callbacks, with and without the slash: a redirect would lose the POST.
    path("callbacks/sinch/", views.receive, name="callbacks"),
    path("callbacks/sinch", views.receive),
]

"""Addresses: sinch's callbacks, and connecting an application."""

from django.urls import path

from recordings_site.callbacks import views, views_connect

urlpatterns = [
    path("applications/<int:application_id>/connect/", views_connect.connect, name="connect"),
    path("applications/<int:application_id>/connect/ask/", views_connect.connect_ask, name="connect_ask"),
    path(
        "applications/<int:application_id>/connect/callbacks/",
        views_connect.connect_callbacks,
        name="connect_callbacks",
    ),
    path("applications/<int:application_id>/connect/numbers/", views_connect.connect_numbers, name="connect_numbers"),
    path("applications/<int:application_id>/connect/rotate/", views_connect.connect_rotate, name="connect_rotate"),
    path("applications/<int:application_id>/connect/relay/", views_connect.connect_relay, name="connect_relay"),
    # Sinch's callbacks, with and without the slash: a redirect would lose the POST.
    path("callbacks/sinch/", views.receive, name="callbacks"),
    path("callbacks/sinch", views.receive),
]

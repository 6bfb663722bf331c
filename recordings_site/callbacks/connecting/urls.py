"""Addresses of connecting an application to Sinch, below /applications/<id>/connect/."""

from django.urls import path

from recordings_site.callbacks.connecting import views

urlpatterns = [
    path("", views.connect, name="connect"),
    path("ask/", views.connect_ask, name="connect_ask"),
    path("callbacks/", views.connect_callbacks, name="connect_callbacks"),
    path("numbers/", views.connect_numbers, name="connect_numbers"),
    path("rotate/", views.connect_rotate, name="connect_rotate"),
    path("relay/", views.connect_relay, name="connect_relay"),
]

"""Addresses: destinations."""

from django.urls import path

from recordings_site.destinations import views

urlpatterns = [
    path("destinations/", views.destinations, name="destinations"),
    path("destinations/new/<str:kind>/", views.destination_new, name="destination_new"),
    path("destinations/<int:destination_id>/", views.destination, name="destination"),
    path("destinations/<int:destination_id>/edit/", views.destination_edit, name="destination_edit"),
    path(
        "destinations/<int:destination_id>/credentials/",
        views.destination_credentials,
        name="destination_credentials",
    ),
    path("destinations/<int:destination_id>/check/", views.destination_check, name="destination_check"),
]

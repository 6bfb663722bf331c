"""URLs of reconciliation."""

from django.urls import path

from recordings_site.recordings.reconcile import views

urlpatterns = [
    path("destinations/<int:destination_id>/reconcile/", views.reconcile, name="destination_reconcile"),
]

"""URLs of reconciliation."""

from django.urls import path

from recordings_site.recordings.reconcile import views

urlpatterns = [
    path("destinations/<int:destination_id>/reconcile/", views.reconcile, name="destination_reconcile"),
    path("destinations/<int:destination_id>/reconcile/stop/", views.reconcile_stop, name="destination_reconcile_stop"),
]

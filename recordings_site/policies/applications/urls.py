"""Addresses: applications and single numbers."""

from django.urls import path

from recordings_site.policies.applications import views

urlpatterns = [
    path("numbers/new/", views.number_new, name="number_new"),
    path("numbers/<int:number_id>/", views.number, name="number"),
    path("numbers/<int:number_id>/archive/", views.number_archive, name="number_archive"),
    path("applications/", views.applications, name="applications"),
    path("applications/new/", views.application_new, name="application_new"),
    path("applications/<int:application_id>/", views.application, name="application"),
    path("applications/<int:application_id>/secret/", views.application_secret, name="application_secret"),
    path("applications/<int:application_id>/archive/", views.application_archive, name="application_archive"),
]

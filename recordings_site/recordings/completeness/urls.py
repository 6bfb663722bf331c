"""Addresses: completeness."""

from django.urls import path

from recordings_site.recordings.completeness import views

urlpatterns = [
    path("completeness/", views.completeness, name="completeness"),
    path("completeness/export/", views.completeness_export, name="completeness_export"),
]

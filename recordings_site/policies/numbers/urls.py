"""Addresses: the list of numbers, changes of many of them, and files of them."""

from django.urls import path

from recordings_site.policies.numbers import views, views_file

urlpatterns = [
    path("numbers/", views.numbers, name="numbers"),
    path("numbers/edit/", views.numbers_edit, name="numbers_edit"),
    path("numbers/import/", views_file.numbers_import, name="numbers_import"),
    path("numbers/export/", views_file.numbers_export, name="numbers_export"),
    path("numbers/changes/<int:change_id>/", views.numbers_change, name="numbers_change"),
    path("numbers/changes/<int:change_id>/undo/", views.numbers_change_undo, name="numbers_change_undo"),
]

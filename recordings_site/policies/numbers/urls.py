"""Addresses: the list of numbers, and changes of many of them."""

from django.urls import path

from recordings_site.policies.numbers import views

urlpatterns = [
    path("numbers/", views.numbers, name="numbers"),
    path("numbers/edit/", views.numbers_edit, name="numbers_edit"),
    path("numbers/changes/<int:change_id>/", views.numbers_change, name="numbers_change"),
    path("numbers/changes/<int:change_id>/undo/", views.numbers_change_undo, name="numbers_change_undo"),
]

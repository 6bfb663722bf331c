"""Addresses: replay of a policy over past calls."""

from django.urls import path

from recordings_site.calls import views

urlpatterns = [
    path("policies/<int:policy_id>/replay/", views.policy_replay, name="policy_replay"),
]

"""Addresses: policies."""

from django.urls import path

from recordings_site.policies.editor import views, views_destination

urlpatterns = [
    path("policies/", views.policies, name="policies"),
    path("policies/new/", views.policy_new, name="policy_new"),
    path("policies/new/preview/", views.policy_preview, name="policy_preview_new"),
    path("policies/<int:policy_id>/", views.policy, name="policy"),
    path("policies/<int:policy_id>/preview/", views.policy_preview, name="policy_preview"),
    path("policies/<int:policy_id>/publish/", views.policy_publish, name="policy_publish"),
    path("policies/<int:policy_id>/discard/", views.policy_discard, name="policy_discard"),
    path("policies/<int:policy_id>/archive/", views.policy_archive, name="policy_archive"),
    path("policies/<int:policy_id>/versions/", views.policy_versions, name="policy_versions"),
    path("policies/<int:policy_id>/versions/<int:number>/roll-back/", views.policy_roll_back, name="policy_roll_back"),
    path("policies/<int:policy_id>/versions/<int:number>/approve/", views.policy_approve, name="policy_approve"),
    path(
        "destinations/<int:destination_id>/archive/", views_destination.destination_archive, name="destination_archive"
    ),
]

"""Addresses: status, health, metrics."""

from django.urls import path

from recordings_site.ops import views, views_status

urlpatterns = [
    path("status/", views_status.status, name="status"),
    path("status/tasks/<int:pk>/again/", views_status.task_again, name="task_again"),
    path("status/callbacks/<int:pk>/believe/", views_status.delivery_believe, name="delivery_believe"),
    path("health/", views.health, name="health"),
    path("metrics", views.metrics, name="metrics"),
]

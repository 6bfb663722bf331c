"""URLs of status and metrics. Health has its addresses in `probes.middleware`, before hosts are checked."""

from django.urls import path

from recordings_site.ops import views
from recordings_site.ops.snapshot_copies.views import snapshot_of_policies
from recordings_site.ops.status import views as views_status

urlpatterns = [
    path("status/", views_status.status, name="status"),
    path("status/tasks/<int:pk>/again/", views_status.task_retry, name="task_retry"),
    path("status/callbacks/<int:pk>/believe/", views_status.delivery_apply, name="delivery_apply"),
    path("metrics", views.metrics, name="metrics"),
    path("snapshot", snapshot_of_policies, name="snapshot"),
]

"""URLs of search."""

from django.urls import path

from recordings_site.recordings.results import views

urlpatterns = [
    path("search/", views.search, name="search"),
    path("search/suggest/", views.search_suggest, name="search_suggest"),
    path("search/summary/", views.search_summary, name="search_summary"),
]

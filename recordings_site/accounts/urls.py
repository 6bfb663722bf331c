"""Addresses: people, teams, activity, profile."""

from django.urls import path

from recordings_site.accounts import views
from recordings_site.accounts.approvals import views as approvals
from recordings_site.accounts.picking import views as picking
from recordings_site.accounts.sessions import views as sessions
from recordings_site.accounts.single_sign_on import views as single_sign_on

urlpatterns = [
    path("choices/<str:kind>/", picking.choices, name="choices"),
    path("people/", views.people, name="people"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/standing/", views.person_standing, name="person_standing"),
    path("people/<int:pk>/factors/", views.person_factors, name="person_factors"),
    path("people/<int:pk>/invite/", views.person_invite, name="person_invite"),
    path("people/<int:pk>/sessions/", sessions.person_sessions_end, name="person_sessions_end"),
    path("approvals/", approvals.approvals, name="approvals"),
    path("approvals/<int:pk>/", approvals.approval_decide, name="approval_decide"),
    path("teams/", views.teams, name="teams"),
    path("teams/<int:pk>/", views.team, name="team"),
    path("teams/<int:pk>/delete/", views.team_delete, name="team_delete"),
    path("activity/", views.activity, name="activity"),
    path("activity/export/", views.activity_export, name="activity_export"),
    path("profile/", views.profile, name="profile"),
    path("profile/sessions/", sessions.profile_sessions_end, name="profile_sessions_end"),
    path("profile/sessions/<int:pk>/", sessions.profile_session_end, name="profile_session_end"),
    path("confirmed/", sessions.confirmed, name="confirmed"),
    path("accounts/oidc/confirm/", single_sign_on.single_sign_on_confirm, name="single_sign_on_confirm"),
    path("profile/zone/", views.profile_zone, name="profile_zone"),
]

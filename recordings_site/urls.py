"""The whole URL map on one screen."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from recordings_site.accounts import views as accounts
from recordings_site.accounts import views_choices
from recordings_site.callbacks import views as callbacks
from recordings_site.callbacks import views_connect as connect
from recordings_site.calls import views as calls
from recordings_site.destinations import views as destinations
from recordings_site.ops import views as ops
from recordings_site.ops import views_status
from recordings_site.policies import views as policies
from recordings_site.policies import views_destination, views_import
from recordings_site.policies import views_setup as setup
from recordings_site.recordings import views as recordings
from recordings_site.recordings import (
    views_exports,
    views_home,
    views_library,
    views_live,
    views_notes,
    views_reconcile,
    views_saved,
    views_search,
    views_why,
)

handler500 = "recordings_site.web.error_views.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    # Audio comes first: a player asks with each seek, and an address is looked for from the top.
    path("", include("recordings_site.recordings.playback.urls")),
    # Policies, numbers, applications
    path("policies/", policies.policies, name="policies"),
    path("policies/new/", policies.policy_new, name="policy_new"),
    path("policies/new/preview/", policies.policy_preview, name="policy_preview_new"),
    path("policies/<int:policy_id>/", policies.policy, name="policy"),
    path("policies/<int:policy_id>/preview/", policies.policy_preview, name="policy_preview"),
    path("policies/<int:policy_id>/publish/", policies.policy_publish, name="policy_publish"),
    path("policies/<int:policy_id>/discard/", policies.policy_discard, name="policy_discard"),
    path("policies/<int:policy_id>/archive/", policies.policy_archive, name="policy_archive"),
    path("policies/<int:policy_id>/replay/", calls.policy_replay, name="policy_replay"),
    path("policies/<int:policy_id>/versions/", policies.policy_versions, name="policy_versions"),
    path(
        "policies/<int:policy_id>/versions/<int:number>/roll-back/", policies.policy_roll_back, name="policy_roll_back"
    ),
    path("policies/<int:policy_id>/versions/<int:number>/approve/", policies.policy_approve, name="policy_approve"),
    path("numbers/", setup.numbers, name="numbers"),
    path("numbers/new/", setup.number_new, name="number_new"),
    path("numbers/assign/", setup.numbers_assign, name="numbers_assign"),
    path("numbers/<int:number_id>/", setup.number, name="number"),
    path("numbers/<int:number_id>/archive/", setup.number_archive, name="number_archive"),
    path("applications/", setup.applications, name="applications"),
    path("applications/new/", setup.application_new, name="application_new"),
    path("applications/<int:application_id>/", setup.application, name="application"),
    path("applications/<int:application_id>/secret/", setup.application_secret, name="application_secret"),
    path("applications/<int:application_id>/archive/", setup.application_archive, name="application_archive"),
    path("numbers/import/", views_import.numbers_import, name="numbers_import"),
    # Connecting an application with Sinch, and relaying its callbacks
    path("applications/<int:application_id>/connect/", connect.connect, name="connect"),
    path("applications/<int:application_id>/connect/ask/", connect.connect_ask, name="connect_ask"),
    path("applications/<int:application_id>/connect/callbacks/", connect.connect_callbacks, name="connect_callbacks"),
    path("applications/<int:application_id>/connect/numbers/", connect.connect_numbers, name="connect_numbers"),
    path("applications/<int:application_id>/connect/rotate/", connect.connect_rotate, name="connect_rotate"),
    path("applications/<int:application_id>/connect/relay/", connect.connect_relay, name="connect_relay"),
    # Destinations
    path("destinations/", destinations.destinations, name="destinations"),
    path("destinations/new/<str:kind>/", destinations.destination_new, name="destination_new"),
    path("destinations/<int:destination_id>/", destinations.destination, name="destination"),
    path("destinations/<int:destination_id>/edit/", destinations.destination_edit, name="destination_edit"),
    path(
        "destinations/<int:destination_id>/credentials/",
        destinations.destination_credentials,
        name="destination_credentials",
    ),
    path("destinations/<int:destination_id>/check/", destinations.destination_check, name="destination_check"),
    path(
        "destinations/<int:destination_id>/archive/", views_destination.destination_archive, name="destination_archive"
    ),
    path("destinations/<int:destination_id>/reconcile/", views_reconcile.reconcile, name="destination_reconcile"),
    # Recordings
    path("recordings/<uuid:recording_id>/", recordings.recording, name="recording"),
    path("recordings/<uuid:recording_id>/original/", recordings.recording_original, name="recording_original"),
    path("recordings/<uuid:recording_id>/peaks", recordings.recording_peaks, name="recording_peaks"),
    path("recordings/<uuid:recording_id>/heard", recordings.recording_heard, name="recording_heard"),
    path(
        "recordings/<uuid:recording_id>/transcript.<str:form>", views_exports.transcript_export, name="recording_export"
    ),
    path("recordings/<uuid:recording_id>/comments/", views_notes.comment, name="recording_comment"),
    path(
        "recordings/<uuid:recording_id>/comments/<int:comment_id>/settle",
        views_notes.comment_settle,
        name="recording_comment_settle",
    ),
    path(
        "recordings/<uuid:recording_id>/comments/<int:comment_id>/delete",
        views_notes.comment_delete,
        name="recording_comment_delete",
    ),
    path("recordings/<uuid:recording_id>/tags/", views_notes.tag, name="recording_tag"),
    path("recordings/<uuid:recording_id>/tags/<int:tagging_id>/remove", views_notes.untag, name="recording_untag"),
    path("recordings/<uuid:recording_id>/correct", views_notes.correct, name="recording_correct"),
    path("recordings/<uuid:recording_id>/revert", views_notes.revert, name="recording_revert"),
    path("recordings/<uuid:recording_id>/speaker", views_notes.name_speaker, name="recording_speaker"),
    path("recordings/<uuid:recording_id>/assign", views_notes.assign, name="recording_assign"),
    path("recordings/<uuid:recording_id>/nudge", views_notes.nudge, name="recording_nudge"),
    path("player/manners", recordings.player_manners, name="player_manners"),
    path("", views_home.home, name="home"),
    path("recordings/", views_library.library, name="recordings"),
    path("recordings/export/<str:form>/", views_library.library_export, name="recordings_export"),
    path("recordings/tag/", views_library.library_tag, name="recordings_tag"),
    path("recordings/heard/", views_library.library_heard, name="recordings_heard"),
    path("recordings/columns/", views_library.library_columns, name="recordings_columns"),
    path("calls/", views_why.calls, name="calls"),
    path("calls/<int:call_id>/", views_why.call, name="call"),
    path("search/", views_search.search, name="search"),
    path("search/summary/", views_search.search_summary, name="search_summary"),
    path("saved/", views_saved.saved, name="saved"),
    path("saved/new/", views_saved.saved_new, name="saved_new"),
    path("saved/<int:saved_id>/", views_saved.saved_edit, name="saved_edit"),
    path("saved/<int:saved_id>/delete/", views_saved.saved_delete, name="saved_delete"),
    path("saved/<int:saved_id>/seen/", views_saved.saved_seen, name="saved_seen"),
    path("saved/<int:saved_id>/found/<uuid:recording_id>/", views_saved.saved_found, name="saved_found"),
    # Calls in progress
    path("live/", views_live.live_calls, name="live"),
    path("live/<int:call_pk>/<str:command>/", views_live.live_command, name="live_command"),
    path("live/conferences/<int:session_pk>/", views_live.live_conference, name="live_conference"),
    # Status
    path("status/", views_status.status, name="status"),
    path("status/tasks/<int:pk>/again/", views_status.task_again, name="task_again"),
    path("status/callbacks/<int:pk>/believe/", views_status.delivery_believe, name="delivery_believe"),
    # Machines
    path("health/", ops.health, name="health"),
    path("metrics", ops.metrics, name="metrics"),
    # Sinch's callbacks, with and without the slash: a redirect would lose the POST.
    path("callbacks/sinch/", callbacks.receive, name="callbacks"),
    path("callbacks/sinch", callbacks.receive),
    # People, teams, activity, signing in
    # What pickers suggest
    path("choices/<str:kind>/", views_choices.choices, name="choices"),
    path("people/", accounts.people, name="people"),
    path("people/<int:pk>/", accounts.person, name="person"),
    path("people/<int:pk>/standing/", accounts.person_standing, name="person_standing"),
    path("people/<int:pk>/factors/", accounts.person_factors, name="person_factors"),
    path("people/<int:pk>/invite/", accounts.person_invite, name="person_invite"),
    path("teams/", accounts.teams, name="teams"),
    path("teams/<int:pk>/", accounts.team, name="team"),
    path("teams/<int:pk>/delete/", accounts.team_delete, name="team_delete"),
    path("activity/", accounts.activity, name="activity"),
    path("activity/export/", accounts.activity_export, name="activity_export"),
    path("profile/", accounts.profile, name="profile"),
    path("profile/zone/", accounts.profile_zone, name="profile_zone"),
    # One's address is the name of the account: admins set it, so the page of allauth that changes it leads elsewhere.
    path("accounts/email/", RedirectView.as_view(pattern_name="profile"), name="account_email"),
    path("accounts/", include("allauth.urls")),
]

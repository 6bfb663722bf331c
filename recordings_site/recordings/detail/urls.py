"""URLs of one recording."""

from django.urls import path

from recordings_site.recordings.detail import annotation_views, comment_views, downloads, views

urlpatterns = [
    path("recordings/<uuid:recording_id>/", views.recording, name="recording"),
    path("recordings/<uuid:recording_id>/original/", views.recording_original, name="recording_original"),
    path("recordings/<uuid:recording_id>/peaks", views.recording_peaks, name="recording_peaks"),
    path("recordings/<uuid:recording_id>/heard", views.recording_played, name="recording_played"),
    path("recordings/<uuid:recording_id>/played", views.recording_mark_played, name="recording_mark_played"),
    path(
        "recordings/<uuid:recording_id>/transcript.<str:export_format>",
        downloads.transcript_export,
        name="recording_export",
    ),
    path("recordings/<uuid:recording_id>/clip", downloads.recording_clip, name="recording_clip"),
    path("recordings/<uuid:recording_id>/comments/", comment_views.comment, name="recording_comment"),
    path(
        "recordings/<uuid:recording_id>/comments/<int:comment_id>/settle",
        comment_views.comment_resolve,
        name="recording_comment_resolve",
    ),
    path(
        "recordings/<uuid:recording_id>/comments/<int:comment_id>/delete",
        comment_views.comment_delete,
        name="recording_comment_delete",
    ),
    path(
        "recordings/<uuid:recording_id>/comments/<int:comment_id>/edit",
        comment_views.comment_edit,
        name="recording_comment_edit",
    ),
    path("recordings/<uuid:recording_id>/people", comment_views.people, name="recording_people"),
    path("recordings/<uuid:recording_id>/tags/", annotation_views.tag, name="recording_tag"),
    path("recordings/<uuid:recording_id>/tags/<int:tagging_id>/remove", annotation_views.untag, name="recording_untag"),
    path("recordings/<uuid:recording_id>/correct", annotation_views.correct, name="recording_correct"),
    path("recordings/<uuid:recording_id>/revert", annotation_views.revert, name="recording_revert"),
    path("recordings/<uuid:recording_id>/speaker", annotation_views.name_speaker, name="recording_speaker"),
    path("recordings/<uuid:recording_id>/assign", annotation_views.assign, name="recording_assign"),
    path("recordings/<uuid:recording_id>/nudge", annotation_views.set_offset, name="recording_offset"),
    path("player/manners", views.player_settings, name="player_settings"),
]

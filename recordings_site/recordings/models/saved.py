"""Saved searches and lists: named, shared with a team, with alerts about new matches."""

from django.db import models
from django.utils import timezone

from recordings_site.accounts.models import Team, User


class SavedPage(models.TextChoices):
    """Which page a saved query opens."""

    SEARCH = "search", "Search"
    RECORDINGS = "recordings", "Recordings"


def saved_page_choices() -> list[tuple[str, str]]:
    """The pages as choices; a callable keeps the list out of migrations."""
    return SavedPage.choices


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    """Named reads of saved searches."""

    def visible_to(self, user: User) -> "SavedSearchQuerySet":
        """One's own, and those shared with one's teams."""
        return self.filter(models.Q(owner=user) | models.Q(team__in=user.teams.all())).distinct()

    def with_alerts(self) -> "SavedSearchQuerySet":
        """Those that alert their owner of new matches."""
        return self.filter(alert=True, owner__is_active=True).select_related("owner")


class SavedSearch(models.Model):
    """A search or a filtered list under a name."""

    Page = SavedPage

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_searches")
    # Shared with this team; each user sees the recordings visible to them.
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="saved_searches")
    name = models.CharField(max_length=80)
    page = models.CharField(max_length=10, choices=saved_page_choices)
    # The query string of the page, without "?" and cursor.
    query = models.TextField()
    # Alert the owner of new matches: on the page, and by email, too.
    alert = models.BooleanField(default=False)
    alert_by_email = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.CheckConstraint(condition=models.Q(page__in=SavedPage.values), name="saved_search_page_known"),
            models.UniqueConstraint(fields=("owner", "name"), name="saved_search_name_once"),
        )

    def __str__(self) -> str:
        return self.name


class SavedMatchQuerySet(models.QuerySet["SavedMatch"]):
    """Named reads of what saved searches found."""

    def visible_to(self, user: User) -> "SavedMatchQuerySet":
        """The matches that are recordings this person may see."""
        return self if user.sees_all else self.filter(recording__number__team__in=user.teams.all())

    def unseen_by(self, user: User) -> "SavedMatchQuerySet":
        """Return the newest hundred matches that their owner has not seen, of recordings that they can see."""
        rows = self.visible_to(user).filter(saved__owner=user, seen_at=None)
        return rows.select_related("recording__number", "recording__call", "saved")[:100]


class SavedMatch(models.Model):
    """A new recording that matches a saved search, until its owner has seen it."""

    saved = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="matches")
    recording = models.ForeignKey("recordings.RecordingJob", on_delete=models.CASCADE, related_name="saved_matches")
    matched_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    objects = SavedMatchQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("saved", "recording"), name="saved_match_once"),)
        indexes = (models.Index(fields=("saved", "-id"), condition=models.Q(seen_at=None), name="saved_match_unseen"),)

    def __str__(self) -> str:
        return f"{self.saved} {self.recording_id}"

"""The topics of the help pages."""

from dataclasses import dataclass

from recordings_site.accounts.models import User


@dataclass(frozen=True, slots=True)
class Topic:
    """One page: its place in the address and name of its template, title, summary, icon, and whether only those who
    see the set-up have it.
    """

    slug: str
    title: str
    summary: str
    icon: str
    setup: bool = False

    @property
    def template(self) -> str:
        """Its template."""
        return f"recordings/help/{self.slug}.html"


TOPICS = (
    Topic("search", "Search tips", "Find calls by words, numbers, dates and more.", "search"),
    Topic("listening", "Listening and commenting", "Play, read along, comment and share a moment.", "play"),
    Topic("shortcuts", "Keyboard shortcuts", "Work without the mouse.", "keys"),
    Topic("states", "What the states mean", "Why a recording is late, missing or short.", "info"),
    Topic("roles", "Roles and teams", "Who sees which calls, and who can do what.", "people"),
    Topic(
        "connecting", "Connecting Sinch", "From the application key to the first recording.", "applications", setup=True
    ),
    Topic("policies", "Policies", "Decide what is recorded and what callers hear.", "policies", setup=True),
)


def topics_for(user: User) -> list[Topic]:
    """Return the topics of pages that this person's role may open."""
    return [topic for topic in TOPICS if user.oversees or not topic.setup]

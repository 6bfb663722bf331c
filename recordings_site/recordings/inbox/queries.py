"""What waits for one user, and how much of it is new."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.dateparse import parse_datetime

from recordings_site.accounts.approvals.kinds import described
from recordings_site.accounts.models import Approval, User
from recordings_site.policies.models import PolicyVersion
from recordings_site.recordings.models import Comment, SavedMatch

SHOWN = 30
# The user's preference that says until when they have read their mentions.
READ_UNTIL = "inbox_read"


@dataclass(frozen=True, slots=True)
class Inbox:
    """Everything on the page of the inbox, newest first in each part."""

    mentions: Sequence[Comment]
    replies: Sequence[Comment]
    matches: Sequence[SavedMatch]
    approvals: Sequence[PolicyVersion]
    # Other changes that another admin asked for, each with what it does in words.
    requests: Sequence[tuple[Approval, str]]
    read_until: datetime | None

    @property
    def new_mentions(self) -> int:
        """How many mentions came since the user last read them."""
        return self._new(self.mentions)

    @property
    def new_replies(self) -> int:
        """How many replies came since then."""
        return self._new(self.replies)

    def _new(self, comments: Sequence[Comment]) -> int:
        return sum(1 for each in comments if self.read_until is None or each.created_at > self.read_until)

    @property
    def unread(self) -> int:
        """The figure of the badge."""
        return self.new_mentions + self.new_replies + len(self.matches) + len(self.approvals) + len(self.requests)


def inbox_of(user: User) -> Inbox:
    """Return the newest of what waits for a user; what they may not see is left out."""
    return Inbox(
        mentions=list(Comment.objects.mentioning(user)[:SHOWN]),
        replies=list(Comment.objects.replying_to(user)[:SHOWN]),
        matches=list(SavedMatch.objects.unseen_by(user)[:SHOWN]),
        approvals=list(PolicyVersion.objects.awaiting_approval_of(user)[:SHOWN]) if user.is_admin else [],
        requests=[(each, described(each)) for each in Approval.objects.waiting_for(user)[:SHOWN]],
        read_until=parse_datetime(str(user.preferences.get(READ_UNTIL, ""))),
    )

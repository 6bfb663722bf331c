"""Teams, as people pick them by typing."""

from recordings_site.accounts.models import Team
from recordings_site.accounts.picking.choices import Choices

TEAMS = Choices(name="teams", noun="team", rows=Team.objects.visible_to)

"""Does what waits in the queue, as a worker would, in the test's own transaction."""

from recordings_site.accounts.mail import letters
from recordings_site.accounts.models import Letter


def send_letters() -> None:
    """Send every message that waits."""
    for pk in list(Letter.objects.order_by("pk").values_list("pk", flat=True)):
        letters.send(pk)

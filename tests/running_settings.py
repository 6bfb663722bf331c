"""The site's own settings, with two more addresses: a view that does nothing, beside which the others are measured,
and one that answers an ICE without keeping it, at the place where callbacks are answered.
"""

from recordings_site.settings import *  # noqa: F403
from recordings_site.settings import MIDDLEWARE

_DOOR = MIDDLEWARE.index("recordings_site.callbacks.middleware.callbacks_first")
MIDDLEWARE = [*MIDDLEWARE[:_DOOR], "tests.running_urls.decided_at_the_door", *MIDDLEWARE[_DOOR:]]

ROOT_URLCONF = "tests.running_urls"

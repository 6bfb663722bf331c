"""The site's own settings, with one more address: a view that does nothing, beside which the others are measured."""

from recordings_site.settings import *  # noqa: F403

ROOT_URLCONF = "tests.running_urls"

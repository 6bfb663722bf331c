"""The WSGI entry point of the site."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recordings_site.settings")

application = get_wsgi_application()

from recordings_site.ops.checks import refuse_to_start_unfit  # noqa: E402 - Django has to be set up first

refuse_to_start_unfit()

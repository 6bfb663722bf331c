"""The WSGI entry point of the site."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recordings_site.settings")

application = get_wsgi_application()

from recordings_site.ops.checks import exit_if_misconfigured  # noqa: E402 - Django has to be set up first
from recordings_site.ops.serving.static import report_missing_static_files  # noqa: E402

exit_if_misconfigured()
report_missing_static_files()

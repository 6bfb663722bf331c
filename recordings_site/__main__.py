"""The command `recordings-site`, also `python -m recordings_site`: Django's commands and the site's own."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError


def main() -> None:
    """Run the command named on the command line; a wrong setting is said in a sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recordings_site.settings")
    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, OperationalError) as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(_sentence(error))


def _sentence(error: Exception) -> str:
    """What is wrong with the installation, and what to do: whoever starts it has no use for lines of code."""
    if isinstance(error, ImproperlyConfigured):
        return str(error)
    return (
        f"The database cannot be used: {error}. Check that it runs, and DATABASE_URL. "
        "If a table or a column is missing, run the command migrate. (--traceback shows where.)"
    )


if __name__ == "__main__":
    main()

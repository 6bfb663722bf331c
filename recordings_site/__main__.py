"""The command `recordings-site`, also `python -m recordings_site`: Django's commands and the site's own."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recordings_site.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

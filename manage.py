#!/usr/bin/env python
"""Runs Django's and this project's commands in a checkout; an installation has `recordings-site` for it."""

from recordings_site.__main__ import main

if __name__ == "__main__":
    main()

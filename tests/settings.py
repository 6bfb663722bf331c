"""The site's settings as the tests run them: the demo's, with databases and folders of their own."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_memory = Path("/dev/shm")
# A container's is small.
_fits = os.access(_memory, os.W_OK) and shutil.disk_usage(_memory).free > 2 * 1024**3
FOLDER = Path(tempfile.mkdtemp(prefix="recordings-tests-", dir=_memory if _fits else None))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)

os.environ["DEMO"] = "1"
os.environ["DATA_DIR"] = str(FOLDER)
os.environ.setdefault("LOG_LEVEL", "WARNING")

from recordings_site.settings import *  # noqa: E402, F403
from recordings_site.settings import DATABASES, STORAGES  # noqa: E402

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file: Django's own choice for tests, one connection in memory that all threads share, lets the threads of a live
    # server see each other's open transactions, unlike any real installation.
    DATABASES["default"]["TEST"] = {"NAME": str(FOLDER / "test.sqlite3")}

# What a worker sends is seen by tests.
MAIL_TRANSPORT = "django.core.mail.backends.locmem.EmailBackend"

# Slow hashes are for real passwords.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Files by their own names, straight from the checkout: nothing to collect before each run.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_ROOT = FOLDER / "staticfiles"
STATIC_ROOT.mkdir()

# A callback's database work in the test's own thread and transaction; the tests of deadlines choose threads themselves.
CALLBACK_THREADS = 0

# Nobody listens there: a test that speaks with Sinch gives the address of its own.
SINCH_CALLING_URL = SINCH_CONFIGURATION_URL = "http://127.0.0.1:9"

# The tests' own stores and back ends; those of the rule itself allow nothing.
ADDRESSES_ALLOWED = ["127.0.0.1", "localhost"]

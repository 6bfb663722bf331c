"""Access keys for Swift's S3 API, each with its rights; this module is loaded by Swift's proxy, not by the tests.

The keys stand in a file, one a line: access key, secret, rights (some of "r" and "w"). All see one account.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from swift.common.swob import HTTPForbidden, HTTPUnauthorized
from swift.common.utils import split_path

ACCOUNT = "AUTH_tests"
READS = {"GET", "HEAD"}
Application = Callable[[dict[str, Any], Any], Any]


class Keys:
    """Middleware between s3api, which parses the signature, and the proxy, which asks whether a request may pass."""

    def __init__(self, application: Application, file: Path) -> None:
        self.application, self.file = application, file

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        environ["swift.authorize_override"] = False
        environ["swift.authorize"] = lambda request: HTTPUnauthorized(request=request)
        details = environ.get("s3api.auth_details")
        secret, rights = self._known().get(details["access_key"], ("", "")) if details else ("", "")
        if secret and details["check_signature"](secret):
            environ["PATH_INFO"] = environ["PATH_INFO"].replace(details["access_key"], ACCOUNT, 1)
            environ["REMOTE_USER"] = details["access_key"]
            environ["swift_owner"] = True
            environ["swift.authorize"] = lambda request: self._refusal(request, rights)
        return self.application(environ, start_response)

    def _known(self) -> dict[str, tuple[str, str]]:
        lines = (line.split() for line in self.file.read_text().splitlines())
        return {key: (secret, rights) for key, secret, rights in lines}

    @staticmethod
    def _refusal(request: Any, rights: str) -> Any:
        *_, name = split_path(request.path, 1, 4, True)
        if not name and request.method == "HEAD":
            return None  # s3api itself looks at the bucket before it writes to it
        needed = "r" if request.method in READS else "w"
        return None if needed in rights else HTTPForbidden(request=request)


def filter_factory(_global: dict[str, str], **local: str) -> Callable[[Application], Keys]:
    """What paste.deploy calls."""
    return lambda application: Keys(application, Path(local["keys"]))

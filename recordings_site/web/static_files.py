"""Static files with hashed names, so that a browser may keep them for ever."""

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashes our own ES modules' imports too: a page of one release never loads a module of another.

    Only those in static/js: Django's rule also matches text in what others bundled (django-htmx), and fails.
    """

    support_js_module_import_aggregation = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _, imports = super()._js_module_import_aggregation_patterns
        self._js_module_import_aggregation_patterns = ("js/*.js", imports)
        super().__init__(*args, **kwargs)

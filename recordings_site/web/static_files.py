"""Static files with hashed names, so browsers can cache them forever."""

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
        self._addresses: dict[str, str] = {}

    def url(self, name: str | None, force: bool = False) -> str:
        """The URL of a file, computed once: each page needs several, and they don't change within a release."""
        key = name or ""
        if key not in self._addresses:
            self._addresses[key] = super().url(name, force)
        return self._addresses[key]

"""The emulator with two of Google's behaviours that it lacks: downloads of one generation only, and lists in pages.

Run as a program, in place of `gcp-storage-emulator`.
"""

from http import HTTPStatus
from typing import Any

from gcp_storage_emulator.exceptions import NotFound
from gcp_storage_emulator.handlers import objects

_download, _list = objects.download, objects.ls


def download(request: Any, response: Any, storage: Any, *args: Any, **kwargs: Any) -> None:
    """As https://cloud.google.com/storage/docs/request-preconditions says: 412 for another generation."""
    wanted = request.query.get("ifGenerationMatch")
    if wanted:
        try:
            found = storage.get_file_obj(request.params["bucket_name"], request.params["object_id"])
        except NotFound:
            response.status = HTTPStatus.NOT_FOUND
            return
        if found["generation"] != wanted[0]:
            response.status = HTTPStatus.PRECONDITION_FAILED
            return
    _download(request, response, storage, *args, **kwargs)


class _Paged:
    """An answer whose list is cut to the page that was asked for; the token is the first name of the next page."""

    def __init__(self, request: Any, response: Any) -> None:
        self._request, self._response = request, response

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_"):
            super().__setattr__(name, value)
        else:
            setattr(self._response, name, value)

    def json(self, found: dict[str, Any]) -> None:
        """Send the page."""
        query = self._request.query
        limit, token = int(query.get("maxResults", ["1000"])[0]), query.get("pageToken", [""])[0]
        items = [item for item in sorted(found["items"], key=lambda item: item["name"]) if item["name"] >= token]
        more = {"nextPageToken": items[limit]["name"]} if len(items) > limit else {}
        self._response.json({**found, "items": items[:limit], **more})


def ls(request: Any, response: Any, storage: Any, *args: Any, **kwargs: Any) -> None:
    """As https://cloud.google.com/storage/docs/json_api/v1/objects/list says: maxResults and pageToken."""
    _list(request, _Paged(request, response), storage, *args, **kwargs)


objects.download, objects.ls = download, ls

if __name__ == "__main__":
    from gcp_storage_emulator.__main__ import main

    main()

"""Every line of the URL map, and its address in a small world with one of each thing."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Route:
    """One line of the URL map; `name` is its pattern where it has none."""

    name: str
    pattern: str
    params: tuple[str, ...]

    def url(self, values: Mapping[str, object]) -> str:
        """Its address: a value is looked up as "word.param", word being the first of the name, then as "param"."""
        word = self.name.split("_")[0]
        path = re.sub(r"\^|\$", "", self.pattern)
        for param in self.params:
            value = values.get(f"{word}.{param}", values.get(param, 1))
            path = re.sub(rf"<(?:\w+:)?{param}>|\(\?P<{param}>[^)]*\)", str(value), path)
        return f"/{path}"


def routes(resolver: URLResolver | None = None, before: str = "") -> Iterator[Route]:
    """Every line of the URL map, those of included maps too."""
    for line in (resolver or get_resolver()).url_patterns:
        pattern = before + str(line.pattern)
        if isinstance(line, URLResolver):
            yield from routes(line, pattern)
        elif isinstance(line, URLPattern):
            params = tuple(re.findall(r"<(?:\w+:)?(\w+)>", pattern))
            yield Route(line.name or pattern, pattern, params)


def pages(client: Client, values: Mapping[str, object]) -> list[str]:
    """The addresses that give `client` an HTML page."""
    found = []
    for url in dict.fromkeys(route.url(values) for route in routes()):
        answer = client.get(url)
        if answer.streaming:
            list(answer)  # type: ignore[call-overload]
        elif answer.status_code == 200 and answer.headers.get("Content-Type", "").startswith("text/html"):
            found.append(url)
    return found

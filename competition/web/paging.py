"""Long lists in pages, the page number in the address."""

from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request

PAGE_SIZE = 50


class Paging(msgspec.Struct, frozen=True):
    number: int
    total: int
    path: str
    query: tuple[tuple[str, str], ...]
    size: int = PAGE_SIZE

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size

    def href(self, number: int) -> str:
        return f"{self.path}?{urlencode([*self.query, ('page', str(number))])}"


def paging(request: Request, total: int, size: int = PAGE_SIZE) -> Paging:
    """The page asked for by `?page=`, kept within what there is."""
    items: list[tuple[str, Any]] = list(request.query_params.multi_items())
    asked = next((value for name, value in items if name == "page"), "1")
    pages = max(1, -(-total // size))
    number = min(max(1, int(asked)), pages) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    kept = tuple((name, value) for name, value in items if name != "page")
    return Paging(number=number, total=total, path=request.url.path, query=kept, size=size)

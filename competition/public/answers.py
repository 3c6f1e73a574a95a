"""Answers everybody may have: rendered once per released version, asked for again with an ETag.

Only pages without a session and without a notice are shared; a signed-in reader gets a page of their own.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from litestar import Request, Response

from competition import clock
from competition.web.i18n import language
from competition.web.pages import FLASH, HTML, page
from competition.web.viewer import viewer_of

LIFETIME = timedelta(seconds=60)
MOST_PAGES = 512
SHARED = {"Cache-Control": "no-cache", "Vary": "Cookie"}

Gather = Callable[[], Awaitable[dict[str, Any]]]
Key = tuple[str, ...]


class Rendered(msgspec.Struct, frozen=True):
    html: str
    tag: str
    until: datetime


class PageCache:
    """By address, language and version. A version is rendered once however many ask at the same moment; a minute
    later again, for what changes without a release: a unit's name, a birthday."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Key, Rendered] = OrderedDict()
        self._locks: dict[Key, asyncio.Lock] = {}

    async def get(self, key: Key, render: Callable[[], Awaitable[str]]) -> Rendered:
        found = self._fresh(key)
        if found is not None:
            return found
        lock = self._locks.setdefault(key, asyncio.Lock())
        try:
            async with lock:
                return self._fresh(key) or self._keep(key, await render())
        finally:
            if not lock.locked():
                self._locks.pop(key, None)

    def _fresh(self, key: Key) -> Rendered | None:
        found = self._pages.get(key)
        return found if found and found.until > clock.now() else None

    def _keep(self, key: Key, html: str) -> Rendered:
        rendered = Rendered(html, entity_tag(html), clock.now() + LIFETIME)
        self._pages[key] = rendered
        self._pages.move_to_end(key)
        while len(self._pages) > MOST_PAGES:
            self._pages.popitem(last=False)
        return rendered


def entity_tag(html: str) -> str:
    return '"' + hashlib.sha256(html.encode()).hexdigest()[:20] + '"'


def is_shared(request: Request) -> bool:
    return viewer_of(request) is None and FLASH not in request.cookies


async def answer(request: Request, template: str, version: str, gather: Gather) -> Response[str]:
    """`gather` loads what the template needs; it is called only when this version is not rendered yet.

    A search is never kept: anybody could fill the cache with questions.
    """

    async def render() -> str:
        return page(request, template, **await gather()).content

    if not is_shared(request):
        return page(request, template, **await gather())
    if request.query_params.get("q"):
        html = await render()
        return _conditional(request, html, entity_tag(html))
    cache: PageCache = request.app.state.setdefault("public_pages", PageCache())
    asked = request.url.query
    rendered = await cache.get((request.url.path, asked, language.get(), template, version), render)
    return _conditional(request, rendered.html, rendered.tag)


async def unkept(request: Request, template: str, gather: Gather, *, status: int = 200) -> Response[str]:
    """For a page whose content follows the clock: rendered each time, still answered 304 when it is the same."""
    if not is_shared(request) or status != 200:
        return page(request, template, status=status, **await gather())
    html = page(request, template, **await gather()).content
    return _conditional(request, html, entity_tag(html))


def _conditional(request: Request, html: str, tag: str) -> Response[str]:
    asked = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
    same = tag in asked
    return Response(
        "" if same else html, status_code=304 if same else 200, headers={"ETag": tag, **SHARED}, media_type=HTML
    )

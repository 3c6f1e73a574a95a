"""The application's layers around a mark request that is checked in every way and then not stored.

For the benchmark alone: the same session, guard, CSRF check, body, sheet and aspect, without the transaction.
`bare` is the framework by itself.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Request, Response, put
from litestar.datastructures import State
from litestar.types import ASGIApp

from competition import clock, settings
from competition.accounts.access import guard
from competition.accounts.kinds import Role
from competition.accounts.sessions import SessionLayer
from competition.database.connection import open_database
from competition.exact import plain
from competition.marking.service.marks import mark_value, ready_edit
from competition.marking.web import scopes as _scopes  # noqa: F401  # registers sheet_token and aspect_id
from competition.web.errors import answer_error
from competition.web.formats import moment
from competition.web.forms import read_form
from competition.web.headers import SecurityHeaders
from competition.web.pages import make_shell
from competition.web.viewer import actor_of

PATH = "/sheets/{sheet_token:str}/marks/{aspect_id:int}"


@put(PATH, who={Role.JUDGE})
async def check_only(request: Request, sheet_token: str, aspect_id: int) -> Response[dict[str, Any]]:
    """What the product's handler does, up to the transaction."""
    key = request.headers["idempotency-key"]
    seen = int(request.headers["if-match"].strip('"'))
    form = await read_form(request)
    edit = await ready_edit(actor_of(request), sheet_token, aspect_id, form.value("value"), key, seen)
    value = mark_value(edit.units)
    at = moment(clock.now()).rsplit(" ", 1)[-1]
    body = {"number": seen + 1, "value": None if value is None else plain(value), "at": at}
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})


@put(PATH)
async def answer_at_once(sheet_token: str, aspect_id: int) -> dict[str, Any]:
    return {"number": 1, "value": "1", "at": "12:00"}


def nothing_stored() -> ASGIApp:
    chosen = settings.from_environment()

    @asynccontextmanager
    async def database(_: Litestar) -> AsyncIterator[None]:
        async with open_database(chosen.database_address):
            yield

    litestar = Litestar(
        route_handlers=[check_only],
        guards=[guard],
        lifespan=[database],
        exception_handlers={Exception: lambda request, error: answer_error(request, error)},
        openapi_config=None,
        state=State({"shell": make_shell(chosen)}),
        logging_config=None,
    )
    return SecurityHeaders(SessionLayer(litestar, secure=False, trusted_proxies=0), secure=False)


def bare() -> ASGIApp:
    return Litestar(route_handlers=[answer_at_once], openapi_config=None, logging_config=None)

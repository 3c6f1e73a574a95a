"""Puts the rooms together: the only file, with cli.py, that knows every one of them."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
from litestar import Litestar, Request, Response
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send

from competition.accounts import web as accounts
from competition.accounts.access import check_routes, guard
from competition.accounts.sessions import SessionLayer
from competition.audit.write import subscribe
from competition.contests import web as contests
from competition.dashboard import web as dashboard
from competition.database.connection import open_database
from competition.entries import web as entries
from competition.entries.events import FinalistsRecorded
from competition.marking import web as marking
from competition.people import web as people
from competition.people.service import check_vault
from competition.people.vault import open_vault
from competition.promotions import service as promotion_service
from competition.promotions import web as promotions
from competition.public import web as public
from competition.results import web as results
from competition.results.events import StageReleased
from competition.results.recording import on_finalists_recorded
from competition.rulebook import web as rulebook
from competition.seedlings import service as seedling_service
from competition.seedlings import web as seedlings
from competition.settings import Settings
from competition.settings import from_environment as settings_from_environment
from competition.subsidies import web as subsidies
from competition.web.errors import answer_error
from competition.web.headers import SecurityHeaders
from competition.web.pages import make_shell

ROOMS = [
    dashboard, contests, entries, marking, results, people, seedlings, subsidies, promotions, rulebook, accounts,
    public,
]  # fmt: skip
MOST_BODY_BYTES = 12 * 1024 * 1024


def routes() -> list[HTTPRouteHandler]:
    return [handler for room in ROOMS for handler in room.ROUTES]


def connect_rooms() -> None:
    """Who listens to whom."""
    subscribe(FinalistsRecorded, on_finalists_recorded)
    subscribe(StageReleased, promotion_service.on_released)
    subscribe(StageReleased, seedling_service.on_released)


class Application:
    """The ASGI application: static files, then headers, session and language around Litestar."""

    def __init__(self, settings: Settings) -> None:
        connect_rooms()
        self.settings = settings
        shell = make_shell(settings, tuple(item for room in ROOMS for item in room.NAVIGATION))
        self.assets = shell.assets

        @asynccontextmanager
        async def database(litestar: Litestar) -> AsyncIterator[None]:
            """What lasts from one start to the next stop; a start may be on other settings than the one before."""
            litestar.state = State({"shell": msgspec.structs.replace(shell, settings=self.settings)})
            open_vault(self.settings.data)
            async with open_database(self.settings.database_address):
                await check_vault()
                yield

        def handle(request: Request, error: Exception) -> Response:
            return answer_error(request, error)

        handlers = routes()
        check_routes(handlers)
        self.litestar = Litestar(
            route_handlers=handlers,
            guards=[guard],
            lifespan=[database],
            exception_handlers={Exception: handle},
            openapi_config=None,
            request_max_body_size=MOST_BODY_BYTES,
            logging_config=None,
        )
        layered: ASGIApp = SessionLayer(
            self.litestar, secure=settings.secure_cookies, trusted_proxies=settings.trusted_proxies
        )
        self.layered = SecurityHeaders(layered, secure=settings.secure_cookies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            answer = self.assets if scope["path"].startswith("/static/") else self.layered
            await answer(scope, receive, send)
        else:
            await self.litestar(scope, receive, send)


def create_app(settings: Settings) -> Application:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    return Application(settings)


def from_environment() -> Application:
    """What the server's worker process loads."""
    return create_app(settings_from_environment())

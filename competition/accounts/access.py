"""Every route says who may come in; one guard holds it.

`@get("/contests/{contest_id:int}", who={Role.BUREAU, Role.ORGANISER})`. A role that covers one contest, skill,
panel, unit or person is let in only where the ids in the address lead to that one. Rooms register, for each name
of a path parameter, how it resolves to what roles cover; the application does not start while one is missing.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler

from competition.accounts.kinds import ROLE_SCOPE, Role
from competition.accounts.sessions import check_request_token
from competition.problems import Forbidden, Missing
from competition.web.errors import SignInNeeded
from competition.web.viewer import Grant, viewer_of

PUBLIC = frozenset({"public"})
SIGNED_IN = frozenset({"signed_in"})

Scopes = dict[str, int]
Resolver = Callable[[Any], Awaitable[Scopes | None]]

_resolvers: dict[str, Resolver] = {}


def path_scope(parameter: str) -> Callable[[Resolver], Resolver]:
    """Register how a path parameter leads to scopes, e.g. {"contest": 3, "skill": 7}; None without such a row."""

    def register(resolver: Resolver) -> Resolver:
        _resolvers[parameter] = resolver
        return resolver

    return register


def open_path(parameter: str) -> None:
    """Register a path parameter that leads to no scope (a language, a kind)."""

    async def nothing(_: Any) -> Scopes:
        return {}

    _resolvers[parameter] = nothing


async def scopes_of(path_params: dict[str, Any]) -> Scopes:
    """Everything the address leads to. Raises Missing for a part that does not exist or does not belong to another."""
    found: Scopes = {}
    for name, value in path_params.items():
        scopes = await _resolvers[name](value)
        if scopes is None:
            raise Missing(name)
        for kind, scope_id in scopes.items():
            if found.setdefault(kind, scope_id) != scope_id:
                raise Missing(name)
    return found


def lets_in(grants: Iterable[Grant], who: frozenset[str], scopes: Scopes) -> str:
    """The role that lets in, or "". Where the address names nothing of the role's kind, the page shows only its own."""
    for grant in grants:
        if grant.role in who:
            kind = ROLE_SCOPE[Role(grant.role)]
            if not kind or kind not in scopes or scopes[kind] == grant.scope_id:
                return grant.role
    return ""


async def guard(connection: ASGIConnection, handler: BaseRouteHandler) -> None:
    """Raises SignInNeeded, Missing, Forbidden or BadRequestToken."""
    who = frozenset(handler.opt["who"])
    viewer = viewer_of(connection)
    if viewer is None and who != PUBLIC:
        raise SignInNeeded
    assert isinstance(connection, Request)
    if connection.method not in ("GET", "HEAD"):
        await check_request_token(connection, viewer)
    scopes = await scopes_of(connection.path_params)
    connection.scope["scopes"] = scopes  # type: ignore[typeddict-unknown-key]  # our own key beside ASGI's
    if who in (PUBLIC, SIGNED_IN):
        return
    assert viewer is not None
    role = lets_in(viewer.grants, who, scopes)
    if not role:
        raise Forbidden
    connection.scope["acting_as"] = role  # type: ignore[typeddict-unknown-key]  # our own key beside ASGI's


def acting_as(request: Request) -> str:
    """The role that let the viewer in."""
    return str(request.scope.get("acting_as", ""))


class UndeclaredRoute(RuntimeError):
    """A route does not say who may come in, or an id in its address cannot be resolved."""


def check_routes(handlers: Iterable[HTTPRouteHandler]) -> None:
    """Refuse to start with a route nobody guarded."""
    for handler in handlers:
        for path in handler.paths:
            if "who" not in handler.opt:
                raise UndeclaredRoute(f"{path}: say who may come in")
            unknown = set(handler.opt["who"]) - set(Role) - PUBLIC - SIGNED_IN
            if unknown:
                raise UndeclaredRoute(f"{path}: no such role {unknown}")
            for part in path.split("{")[1:]:
                if part.split(":")[0] not in _resolvers:
                    raise UndeclaredRoute(f"{path}: nobody resolves {part.split(':')[0]}")

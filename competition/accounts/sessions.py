"""Sessions of ours: a random token in the cookie, its digest in the database, a CSRF token bound to it.

Litestar's own session layer accepts an id the client chose and costs half the rate of a mark save.
"""

import hashlib
import hmac
import secrets
from datetime import timedelta
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from litestar import Request
from litestar.datastructures import Cookie
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from competition import clock
from competition.accounts.kinds import ROLE_NAMES, Role
from competition.accounts.tables import RoleGrant, SignInSession
from competition.audit.write import Change
from competition.database.prepared import Prepared
from competition.web import i18n
from competition.web.errors import BadRequestToken
from competition.web.viewer import Grant, Viewer

COOKIE = "session"
SECURE_COOKIE = "__Host-session"
LANGUAGE_COOKIE = "language"

_session = Prepared(
    lambda digest: SignInSession.select(
        SignInSession.id,
        SignInSession.kind,
        SignInSession.expires_at,
        SignInSession.ended_at,
        SignInSession.account,
        SignInSession.account.name.as_alias("name"),
        SignInSession.account.name_en.as_alias("name_en"),
        SignInSession.account.disabled_at.as_alias("disabled_at"),
    ).where(SignInSession.token_digest == digest),
    1,
)
_grants = Prepared(
    lambda account: (
        RoleGrant.select(RoleGrant.role, RoleGrant.scope_kind, RoleGrant.scope_id)
        .where((RoleGrant.account == account) & RoleGrant.revoked_at.is_null())
        .order_by(RoleGrant.id)
    ),
    1,
)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def csrf_token(session_token: str) -> str:
    return hmac.new(session_token.encode(), b"csrf", hashlib.sha256).hexdigest()[:40]


async def find_viewer(token: str) -> Viewer | None:
    """The viewer behind a cookie, or None when it is unknown, over, ended, or the account is disabled."""
    rows = await _session(digest(token))
    if not rows:
        return None
    row = rows[0]
    if row["ended_at"] or row["disabled_at"] or row["expires_at"] <= clock.now():
        return None
    grants = await _grants(row["account"])
    return Viewer(
        account_id=row["account"],
        session_id=row["id"],
        name=row["name"],
        name_en=row["name_en"],
        grants=tuple(Grant(grant["role"], grant["scope_kind"], grant["scope_id"]) for grant in grants),
        csrf_token=csrf_token(token),
        kind=row["kind"],
        role_labels=tuple(ROLE_NAMES[role] for role in dict.fromkeys(Role(grant["role"]) for grant in grants)),
    )


async def start_session(change: Change, account_id: int, kind: str, hours: int) -> str:
    """A fresh session; returns the token for the cookie. The caller ends the one the browser had before."""
    token = secrets.token_urlsafe(32)
    await SignInSession.insert(
        SignInSession(
            token_digest=digest(token),
            account=account_id,
            kind=kind,
            created_at=change.at,
            expires_at=change.at + timedelta(hours=hours),
        )
    )
    await change.record("session.started", "account", account_id, kind=kind)
    return token


async def end_session(change: Change, session_id: int, account_id: int) -> None:
    await SignInSession.update({SignInSession.ended_at: change.at}).where(SignInSession.id == session_id)
    await change.record("session.ended", "account", account_id)


def session_cookie(token: str, *, secure: bool, hours: int) -> Cookie:
    return Cookie(
        key=SECURE_COOKIE if secure else COOKIE,
        value=token,
        httponly=True,
        samesite="lax",
        secure=secure,
        max_age=hours * 3600,
        path="/",
    )


async def check_request_token(request: Request[Any, Any, Any], viewer: Viewer | None) -> None:
    """Changes come from our own pages only: same origin, and with the session's own token. Raises BadRequestToken."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    if site not in ("same-origin", "none"):
        raise BadRequestToken
    if viewer is None:
        return
    sent = request.headers.get("x-csrf-token") or (await request.form()).get("_csrf") or ""
    if not isinstance(sent, str) or not hmac.compare_digest(sent.encode(), viewer.csrf_token.encode()):
        raise BadRequestToken


class SessionLayer:
    """The ASGI layer around the application: who is it, in which language, from where."""

    def __init__(self, app: ASGIApp, *, secure: bool, trusted_proxies: int) -> None:
        self.app = app
        self.cookie = SECURE_COOKIE if secure else COOKIE
        self.trusted_proxies = trusted_proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name: value for name, value in scope["headers"] if name in (b"cookie", b"x-forwarded-for")}
        cookies = _cookies(headers.get(b"cookie", b""))
        token = cookies.get(self.cookie, "")
        viewer = await find_viewer(token) if token else None
        forwarded = headers.get(b"x-forwarded-for", b"").decode("latin-1")
        scope["viewer"] = viewer  # type: ignore[typeddict-unknown-key]  # our own keys beside ASGI's
        scope["client_address"] = client_address(scope, forwarded, self.trusted_proxies)  # type: ignore[typeddict-unknown-key]  # as above
        chosen = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [""])[0]
        language = chosen if chosen in i18n.LANGUAGES else cookies.get(LANGUAGE_COOKIE, "")
        with i18n.speaking(i18n.ENGLISH if language == i18n.ENGLISH else i18n.CHINESE):
            await self.app(scope, receive, _remembering(chosen, send) if chosen in i18n.LANGUAGES else send)


def _remembering(language: str, send: Send) -> Send:
    """Keep the language chosen by `?lang=` for the next pages."""
    cookie = f"{LANGUAGE_COOKIE}={language}; Max-Age=31536000; Path=/; SameSite=Lax"

    async def send_with_cookie(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"set-cookie", cookie.encode())]
        await send(message)

    return send_with_cookie


def client_address(scope: Scope, forwarded: str, trusted_proxies: int) -> str:
    """The peer, or with n trusted proxies the n-th address from the right of X-Forwarded-For."""
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    if trusted_proxies and len(hops) >= trusted_proxies:
        return hops[-trusted_proxies][:64]
    client = scope.get("client")
    return client[0] if client else ""


def _cookies(header: bytes) -> dict[str, str]:
    if not header:
        return {}
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header.decode("latin-1")).items()}
    except CookieError:
        return {}

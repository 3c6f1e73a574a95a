"""Rendering: whole pages, fragments for htmx, redirects with a notice, downloads."""

import base64
import hashlib
import json
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.response import Redirect

from competition.settings import Settings
from competition.web import i18n
from competition.web.assets import Assets, project_folder
from competition.web.formats import FORMATS
from competition.web.navigation import NavItem, navigation
from competition.web.viewer import viewer_of

HTML = "text/html; charset=utf-8"
FLASH = "flash"


class Shell(msgspec.Struct, frozen=True):
    """What every page needs from this running program."""

    settings: Settings
    assets: Assets
    environment: Environment
    navigation: tuple[NavItem, ...] = ()


def make_shell(settings: Settings, offered: tuple[NavItem, ...] = ()) -> Shell:
    assets = Assets(project_folder("static"))
    environment = Environment(
        loader=FileSystemLoader(project_folder("templates")),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"_": i18n.gettext, "ngettext": i18n.ngettext, "shown": i18n.shown, "asset": assets.url}
    environment.globals |= FORMATS
    return Shell(settings=settings, assets=assets, environment=environment, navigation=offered)


def shell_of(request: Request) -> Shell:
    return request.app.state.shell


def _context(request: Request, context: dict[str, Any]) -> dict[str, Any]:
    viewer = viewer_of(request)
    settings = shell_of(request).settings
    return {
        "lang": i18n.language.get(),
        "user": viewer,
        "nav": navigation(shell_of(request).navigation, viewer, request.url.path),
        "flash": _flash(request),
        "csrf_token": viewer.csrf_token if viewer else "",
        "request_path": request.url.path,
        "with_query": _with_query(request),
        "product_name": i18n.shown(settings.product_name, settings.product_name_en),
        "is_htmx": "hx-request" in request.headers,
        **context,
    }


def _with_query(request: Request) -> Any:
    def change(**changes: Any) -> str:
        kept = [(name, value) for name, value in request.query_params.multi_items() if name not in changes]
        added = [(name, str(value)) for name, value in changes.items() if value not in (None, "")]
        query = urlencode(kept + added)
        return f"{request.url.path}?{query}" if query else request.url.path

    return change


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> Response[str]:
    """Render `templates/<template>` as the answer. A pending notice is shown once."""
    html = shell_of(request).environment.get_template(template).render(_context(request, context))
    response = Response(html, status_code=status, media_type=HTML, headers={"Cache-Control": "no-store"})
    if FLASH in request.cookies:
        response.delete_cookie(FLASH)
    return response


def fragment(request: Request, template: str, *, status: int = 200, **context: Any) -> Response[str]:
    """Render a part of a page for polling: with an ETag, and 304 when nothing has changed."""
    html = shell_of(request).environment.get_template(template).render(_context(request, context))
    tag = '"' + hashlib.sha256(html.encode()).hexdigest()[:20] + '"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if status == 200 and request.headers.get("if-none-match") == tag:
        return Response("", status_code=304, headers=headers, media_type=HTML)
    return Response(html, status_code=status, media_type=HTML, headers=headers)


def redirect(to: str, notice: str = "", *, kind: str = "ok") -> Redirect:
    """After a change: go on to `to` and show `notice` (already translated) there."""
    cookies = []
    if notice:
        packed = base64.urlsafe_b64encode(json.dumps([kind, notice]).encode()).decode()
        cookies.append(Cookie(key=FLASH, value=packed, httponly=True, samesite="lax", max_age=60))
    return Redirect(to, status_code=303, cookies=cookies)


def _flash(request: Request) -> dict[str, str] | None:
    packed = request.cookies.get(FLASH)
    if not packed:
        return None
    try:
        kind, text = json.loads(base64.urlsafe_b64decode(packed))
    except ValueError:
        return None
    return {"kind": str(kind), "text": str(text)}


def download(content: bytes, filename: str, media_type: str) -> Response[bytes]:
    return Response(
        content,
        media_type=media_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(filename)}",
            "Cache-Control": "no-store",
        },
    )


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def safe_path(path: str) -> str:
    """`path` when it is one of this site, else the start page: never a redirect to elsewhere."""
    local = path.startswith("/") and not path.startswith(("//", "/\\")) and "\n" not in path and "\r" not in path
    return path if local else "/"

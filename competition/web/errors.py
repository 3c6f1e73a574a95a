"""What a reader sees when something is wrong: the reason, and a way on."""

import logging
import secrets

from litestar import Request, Response
from litestar.exceptions import (
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)

from competition.problems import N_, Forbidden, Missing, Problem, Refused
from competition.web.i18n import gettext, said
from competition.web.pages import page, redirect
from competition.web.viewer import viewer_of

log = logging.getLogger("competition")

TITLES = {
    400: N_("请求有误"),
    403: N_("无权访问"),
    404: N_("没有这一页"),
    405: N_("没有这一页"),
    409: N_("已被他人修改"),
    413: N_("内容太大"),
    422: N_("未能办理"),
    429: N_("尝试过于频繁"),
    500: N_("系统出错"),
}
ADVICE = {
    400: N_("返回上一页重新提交。"),
    403: N_("当前身份不能进行此项操作；需要时换用有权限的账号登录。"),
    404: N_("地址可能已变动，或该内容不在您的权限内。"),
    405: N_("地址可能已变动，或该内容不在您的权限内。"),
    413: N_("减小文件后重新上传。"),
    429: N_("稍候再试。"),
    500: N_("已记录编号，请把编号告诉管理员；您的数据没有改动。"),
}


class SignInNeeded(Exception):
    """The page exists for signed-in people."""


class BadRequestToken(Exception):
    """The form's CSRF token is missing or belongs to another session."""

    status = 403


def _status_of(error: Exception) -> int:
    if isinstance(error, Refused | Missing | Forbidden | BadRequestToken):
        return error.status
    if isinstance(error, NotFoundException | MethodNotAllowedException):
        return error.status_code
    if isinstance(error, ValidationException):
        return 404
    if isinstance(error, HTTPException):
        return error.status_code
    return 500


def _reasons(error: Exception) -> list[str]:
    if isinstance(error, Refused):
        return [said(problem) for problem in error.problems]
    if isinstance(error, BadRequestToken):
        return [gettext(N_("页面已过期：登录状态变了，或停留太久。刷新后重新提交。"))]
    return []


def answer_error(request: Request, error: Exception) -> Response:
    """The one exception handler of the application."""
    if isinstance(error, SignInNeeded):
        if "hx-request" in request.headers:
            return Response("", status_code=401, headers={"HX-Redirect": "/sign-in"}, media_type="text/html")
        return redirect(f"/sign-in?next={request.url.path}" if request.method == "GET" else "/sign-in")
    status = _status_of(error)
    reference = ""
    if status >= 500:
        reference = secrets.token_hex(4)
        log.error("%s %s [%s]", request.method, request.url.path, reference, exc_info=error)
    by_htmx = "hx-request" in request.headers
    response = page(
        request,
        "errors/_problem.html" if by_htmx else "errors/problem.html",
        status=status,
        status_code=status,
        title=gettext(TITLES.get(status, TITLES[400])),
        reasons=_reasons(error),
        advice=gettext(ADVICE[status]) if status in ADVICE else "",
        reference=reference,
        home="/" if viewer_of(request) is None else "/desk",
    )
    if by_htmx:
        response.headers["HX-Reswap"] = "none"  # a refusal never replaces the part of the page it was asked from
    return response


def refused(text: str, **params: object) -> Refused:
    """A refusal of the whole request, not of one field."""
    return Refused(Problem(text, params=dict(params)))

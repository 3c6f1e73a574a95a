"""The judge's tablet: the list of works, the sheet, each mark a request of its own, the signature."""

import re
from typing import Any

from litestar import Request, Response, get, post, put
from litestar.params import FromPath

from competition.accounts.kinds import Role
from competition.contests.kinds import GROUP_NAMES, STAGE_NAMES
from competition.exact import plain
from competition.marking import service
from competition.marking.kinds import LAYER_NAMES, SHEET_STATE_NAMES, Layer, Method
from competition.marking.service.controls import mark_text
from competition.marking.service.desk import judge_sheet, judge_stages
from competition.marking.service.marks import MarkConflict, SavedMark, SheetClosed
from competition.marking.service.tablets import TabletNews, open_on_tablet, tablet_news
from competition.marking.signatures import is_drawn, view_box
from competition.problems import N_, Problem, Refused, Stale
from competition.web.formats import moment
from competition.web.forms import Form, read_form
from competition.web.i18n import _, said
from competition.web.pages import page, redirect
from competition.web.viewer import actor_of, signed_in

JUDGES = {Role.JUDGE}
_KEY = re.compile(r"[0-9A-Za-z-]{8,40}", re.ASCII)
_NUMBER = re.compile(r'"?(\d{1,9})"?', re.ASCII)
METHOD_TAGS = {Method.SCORE: N_("打分"), Method.JUDGEMENT: N_("评判"), Method.MEASUREMENT: N_("测量")}
STANDARDS = (N_("低于标准"), N_("达到标准"), N_("部分超出"), N_("优秀"))  # of a judgement of 0, 1, 2, 3
WORDS: dict[str, Any] = {
    "group_names": GROUP_NAMES, "stage_names": STAGE_NAMES, "state_names": SHEET_STATE_NAMES,
    "plate_names": LAYER_NAMES | {Layer.NUMBER: N_("作品号")}, "method_tags": METHOD_TAGS, "standards": STANDARDS,
}  # fmt: skip


@get("/judge", who=JUDGES)
async def works(request: Request) -> Response:
    stages = await judge_stages(signed_in(request).account_id)
    return page(request, "marking/works.html", stages=stages, **WORDS)


@get("/sheets/{sheet_token:str}", who=JUDGES)
async def sheet(request: Request, sheet_token: FromPath[str]) -> Response:
    found = await judge_sheet(signed_in(request).account_id, sheet_token)
    signature = found.head["signature"]
    box = view_box(signature) if is_drawn(signature) else ""
    return page(request, "marking/sheet.html", sheet=found, head=found.head, box=box, **WORDS)


@put("/sheets/{sheet_token:str}/marks/{aspect_id:int}", who=JUDGES)
async def save(request: Request, sheet_token: FromPath[str], aspect_id: FromPath[int]) -> Response[dict[str, Any]]:
    """`value=26.5`, or `clear=1` to make it missing again; If-Match and Idempotency-Key say what was seen and once."""
    key = request.headers.get("idempotency-key", "")
    seen = _NUMBER.fullmatch(request.headers.get("if-match", ""))
    if seen is None or not _KEY.fullmatch(key):
        return _answer({"problem": _("请求不完整：缺 If-Match 或 Idempotency-Key")}, 428)
    form = await read_form(request)
    text = None if form.value("clear") else form.value("value")
    try:
        saved = await service.save_mark(actor_of(request), sheet_token, aspect_id, text, key, int(seen[1]))
    except MarkConflict as conflict:
        theirs = _mark(conflict.current) | {"who": conflict.who}
        return _answer({"problem": _first(conflict), "theirs": theirs}, conflict.status)
    except SheetClosed as closed:
        return _answer({"problem": _first(closed), "state": closed.state}, closed.status)
    except Refused as refused:
        return _answer({"problem": _first(refused)}, refused.status)
    earned = None if saved.earned is None else mark_text(saved.earned)
    return _answer(_mark(saved) | {"earned": earned}, 200)


def _answer(body: dict[str, Any], status: int) -> Response[dict[str, Any]]:
    return Response(body, status_code=status, media_type="application/json", headers={"Cache-Control": "no-store"})


def _first(refused: Refused) -> str:
    return said(refused.problems[0])


def _mark(mark: SavedMark) -> dict[str, Any]:
    value = None if mark.value is None else plain(mark.value)
    return {"number": mark.number, "value": value, "at": moment(mark.at).rsplit(" ", 1)[-1]}


@post("/sheets/{sheet_token:str}/submission", who=JUDGES)
async def submit(request: Request, sheet_token: FromPath[str]) -> Response[dict[str, Any]]:
    """`signature`, and for each aspect read back `seen=aspect:revision`."""
    form = await read_form(request)
    try:
        seen = _seen(form)
        receipt = await service.submit_sheet(actor_of(request), sheet_token, form.value("signature").strip(), seen)
    except Stale:
        return _answer({"problem": _("本表分值已在别处改动；核对后重新签名")}, 409)
    except Refused as refused:
        again = refused.problems[0].field == "rescore"
        return _answer({"problem": _first(refused), "rescore": again}, refused.status)
    return _answer({"at": moment(receipt.at)}, 200)


def _seen(form: Form) -> dict[int, int]:
    pairs = [text.partition(":") for text in form.values("seen")]
    if not all(
        aspect.isascii() and aspect.isdigit() and number.isascii() and number.isdigit() for aspect, _c, number in pairs
    ):
        raise Refused(Problem(N_("提交内容不完整，刷新后重新签名")))
    return {int(aspect): int(number) for aspect, _colon, number in pairs if int(number)}


@post("/sheets/{sheet_token:str}/recusal", who=JUDGES)
async def recuse(request: Request, sheet_token: FromPath[str]) -> Response:
    form = await read_form(request)
    reason = form.text("reason", longest=200)
    try:
        if not form.valid:
            raise Refused(*form.problems)
        await service.recuse(actor_of(request), sheet_token, reason)
    except Refused as refused:
        return redirect(f"/sheets/{sheet_token}", _first(refused), kind="danger")
    return redirect("/judge", _("已回避，评分表交替补裁判"))


@post("/sheets/{sheet_token:str}/tablet", who=JUDGES)
async def open_tablet(request: Request, sheet_token: FromPath[str]) -> Response[dict[str, Any]]:
    """`device=…`, the word of this tablet: it has the sheet open now."""
    form = await read_form(request)
    try:
        news = await open_on_tablet(actor_of(request), sheet_token, form.value("device"))
    except Refused as refused:
        return _answer({"problem": _first(refused)}, refused.status)
    return _answer(_news(news), 200)


@get("/sheets/{sheet_token:str}/tablet", who=JUDGES)
async def ask_tablet(request: Request, sheet_token: FromPath[str]) -> Response[dict[str, Any]]:
    try:
        news = await tablet_news(signed_in(request).account_id, sheet_token, request.query_params.get("device", ""))
    except Refused as refused:
        return _answer({"problem": _first(refused)}, refused.status)
    return _answer(_news(news), 200)


def _news(news: TabletNews) -> dict[str, Any]:
    at = moment(news.at).rsplit(" ", 1)[-1] if news.at else None
    asked = [{"sheet": token, "form": form, "label": label} for token, form, label in news.rescore]
    return {"other": news.other, "at": at, "state": news.state.value, "rescore": asked}


ROUTES = [works, sheet, save, submit, recuse, open_tablet, ask_tablet]

"""The rulebook on screen: every dated document, its versions, and uploading a new one."""

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition.accounts.access import Scopes, path_scope
from competition.accounts.kinds import Role
from competition.problems import N_, Problem, Refused
from competition.rulebook import service
from competition.rulebook.names import KIND_NAMES, STANDING_NAMES
from competition.rulebook.reading import tables
from competition.rulebook.tables import RuleRevision
from competition.web.forms import Form, read_form
from competition.web.i18n import _
from competition.web.navigation import NavItem
from competition.web.pages import download, page, redirect
from competition.web.viewer import actor_of, signed_in

READERS = {Role.BUREAU, Role.AUDITOR, Role.ORGANISER, Role.CHIEF_JUDGE, Role.SUPERVISOR, Role.REGISTRAR}
MOST_BYTES = 256 * 1024

NAVIGATION = [NavItem(N_("系统"), "/rules", N_("规则与设置"), "gear", frozenset({Role.BUREAU, Role.AUDITOR}))]


@path_scope("rule_id")
async def _rule(rule_id: int) -> Scopes | None:
    return {"rule": rule_id} if await RuleRevision.exists().where(RuleRevision.id == rule_id) else None


async def _list_page(request: Request, form: Form, status: int = 200) -> Response:
    in_use = await service.current()
    return page(
        request, "rulebook/list.html", status=status, form=form, kind_names=KIND_NAMES,
        standing_names=STANDING_NAMES, may_upload=signed_in(request).has(Role.BUREAU), total=len(in_use),
        kinds=[(kind, [each for each in in_use if each.document.kind == kind]) for kind in KIND_NAMES],
    )  # fmt: skip


@get("/rules", who=READERS)
async def list_rules(request: Request) -> Response:
    return await _list_page(request, Form())


@get("/rules/{rule_id:int}", who=READERS)
async def show_rule(request: Request, rule_id: FromPath[int]) -> Response:
    rule = await service.revision(rule_id)
    return page(
        request, "rulebook/rule.html", rule=rule, document=rule.document, tables=tables(rule.document.body),
        kind_names=KIND_NAMES, standing_names=STANDING_NAMES, versions=await service.revisions_of(rule.document.code),
    )  # fmt: skip


@get("/rules/{rule_id:int}/file", who=READERS)
async def rule_file(request: Request, rule_id: FromPath[int]) -> Response:
    rule = await service.revision(rule_id)
    return download(rule.text.encode(), f"{rule.document.code}.toml", "application/toml; charset=utf-8")


async def _uploaded_text(form: Form) -> str:
    """What is wrong with the file is noted at its field."""
    upload = await form.file("file", most_bytes=MOST_BYTES)
    if upload is None:
        return ""
    try:
        return upload[1].decode("utf-8-sig")
    except UnicodeDecodeError:
        form.wrong("file", N_("规则文件须为 UTF-8 文本"))
        return ""


@post("/rules", who={Role.BUREAU})
async def upload_rule(request: Request) -> Response:
    form = await read_form(request)
    text = await _uploaded_text(form)
    if form.valid:
        try:
            rule_id = await service.upload(actor_of(request), text)
        except Refused as refused:
            form.refuse(*[Problem(each.text, "file", each.params) for each in refused.problems])
        else:
            return redirect(f"/rules/{rule_id}", _("已启用新版本，原版本保留备查"))
    return await _list_page(request, form, 422)


ROUTES = [list_rules, show_rule, rule_file, upload_rule]

"""What people do with cases: propose, decide, certify, follow up, reveal an identity number."""

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition.accounts.kinds import Role
from competition.people.service import reveal
from competition.problems import N_, Refused
from competition.promotions import reads, service
from competition.promotions.kinds import Decision
from competition.promotions.service import FollowUp
from competition.promotions.web.cases import cases_page
from competition.web.forms import Form, read_form
from competition.web.i18n import _, ngettext, shown
from competition.web.pages import page, redirect
from competition.web.viewer import actor_of

DONE = {
    Decision.RECOMMEND: N_("已推荐 {name}"),
    Decision.APPROVE: N_("已核准 {name}"),
    Decision.RETURN: N_("已退回 {name}"),
    Decision.REFUSE: N_("已记录不予晋级：{name}"),
    Decision.CERTIFY: N_("已登记 {name} 的证书编号"),
    Decision.REOPEN: N_("已重新审议 {name}"),
}
BY_ORGANISER = frozenset({Decision.RECOMMEND})


@post("/promotions/propose", who={Role.BUREAU})
async def propose(request: Request) -> Response:
    form = await read_form(request)
    contest_id, rule = form.whole("contest_id", least=1), form.text("rule", required=False, longest=60)
    try:
        count = await service.propose(actor_of(request), contest_id, rule_code=rule)
    except Refused as refused:
        form.refuse(refused)
        return await cases_page(request, form=form, status=422)
    return redirect("/promotions", ngettext("新提出或更新 {n} 件", "新提出或更新 {n} 件", count))


@post("/promotions/{case_id:int}/decision", who={Role.BUREAU, Role.ORGANISER})
async def decide(request: Request, case_id: FromPath[int]) -> Response:
    form = await read_form(request)
    decision = form.choice("decision", Decision)
    reason = form.text("reason", required=False, longest=300)
    number = form.text("certificate_number", required=False, longest=60)
    if request.scope.get("acting_as") == Role.ORGANISER and decision not in BY_ORGANISER:
        form.wrong("decision", N_("由人社局决定"))
    try:
        if form.valid:
            view = await reads.case_view(case_id)
            await service.decide(actor_of(request), case_id, decision, reason, number, form.version())
            return redirect("/promotions", _(DONE[decision], name=shown(view.row["name"], view.row["name_en"])))
    except Refused as refused:
        form.refuse(refused)
        return await cases_page(request, case_id, form=form, status=refused.status)
    return await cases_page(request, case_id, form=form, status=422)


@post("/promotions/decisions", who={Role.BUREAU})
async def decide_many(request: Request) -> Response:
    """One decision on the cases selected, with the reason that goes into each."""
    form = await read_form(request)
    ids = [int(value) for value in form.values("case") if value.isascii() and value.isdigit() and len(value) < 10]
    decision = form.one_of("decision", (Decision.APPROVE.value, Decision.RECOMMEND.value))
    reason = form.text("reason", required=False, longest=300)
    try:
        if form.valid:
            count = await service.decide_many(actor_of(request), ids, decision, reason)
            return redirect("/promotions", ngettext("已办理 {n} 件", "已办理 {n} 件", count))
    except Refused as refused:
        form.refuse(refused)
    return await cases_page(request, form=form, status=422)


@post("/promotions/{case_id:int}/follow-up", who={Role.BUREAU, Role.REGISTRAR})
async def follow_up(request: Request, case_id: FromPath[int]) -> Response:
    form = await read_form(request)
    done = FollowUp(
        promoted=form.checked("promoted"),
        pay_raised=form.checked("pay_raised"),
        note=form.text("note", required=False, longest=300),
    )
    by_unit = request.scope.get("acting_as") == Role.REGISTRAR
    if form.valid:
        await service.follow_up(actor_of(request), case_id, done)
    return redirect("/my-promotions" if by_unit else "/promotions?tab=followed", _("已登记落实情况"))


async def _reveal_page(request: Request, case_id: int, form: Form, revealed: str = "", status: int = 200) -> Response:
    view = await reads.case_view(case_id)
    return page(request, "promotions/reveal.html", status=status, case=view.row, form=form, revealed=revealed)


@get("/promotions/{case_id:int}/identity", who={Role.BUREAU})
async def ask_identity(request: Request, case_id: FromPath[int]) -> Response:
    return await _reveal_page(request, case_id, Form())


@post("/promotions/{case_id:int}/identity", who={Role.BUREAU})
async def show_identity(request: Request, case_id: FromPath[int]) -> Response:
    """The full identity number is in this answer and nowhere else; its purpose stays on record."""
    form = await read_form(request)
    view = await reads.case_view(case_id)
    try:
        number = await reveal(actor_of(request), "person_id", view.row["person"], form.value("purpose"))
    except Refused as refused:
        form.refuse(refused)
        return await _reveal_page(request, case_id, form, status=422)
    return await _reveal_page(request, case_id, form, number)


ROUTES = [propose, decide, decide_many, follow_up, ask_identity, show_identity]

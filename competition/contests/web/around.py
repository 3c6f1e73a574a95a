"""What stands around a contest: sessions in one list, hosts, funding, side events, places upward, staff."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition.accounts.access import acting_as
from competition.accounts.kinds import ROLE_NAMES, Role
from competition.contests import service
from competition.contests.drafts import FundingDraft, HostDraft, SideEventDraft, UpwardDraft
from competition.contests.kinds import (
    FUNDING_NAMES,
    GROUP_NAMES,
    HOST_KIND_NAMES,
    HOST_ROLE_NAMES,
    SIDE_EVENT_NAMES,
    STAGE_NAMES,
    TIER_NAMES,
    FundingSource,
    GroupKind,
    HostKind,
    HostRole,
    SideEventKind,
    Tier,
)
from competition.contests.staff import APPOINTS, appoint_staff, dismiss, staff_of
from competition.contests.tables import Contest, FundingLine, Host, SideEvent, Skill, UpwardPlace
from competition.contests.web.seeing import EDITORS, READERS, check_sees, contest_tabs
from competition.people.appointing import Appointed
from competition.problems import N_, Refused
from competition.web.forms import Form, read_form
from competition.web.i18n import _, shown
from competition.web.pages import page, redirect
from competition.web.viewer import actor_of

MOST_HOSTS = 20
EMPTY_HOST_LINES = 3


async def _contest(contest_id: int) -> dict[str, Any]:
    contest = await Contest.select().where(Contest.id == contest_id).first()
    assert contest is not None
    return contest


@get("/contests/{contest_id:int}/sessions", who=READERS)
async def list_sessions(request: Request, contest_id: FromPath[int]) -> Response:
    await check_sees(request, contest_id)
    whole = await service.outline(contest_id)
    rows = [
        {"skill": skill.skill, "group": group.group, "stage": part.stage, "session": session}
        for skill in whole.skills
        for group in skill.groups
        for part in group.stages
        for session in part.sessions
    ]
    rows.sort(key=lambda row: (row["session"]["starts_at"] is None, row["session"]["starts_at"] or 0))
    return page(
        request, "contests/sessions.html", contest=whole.contest, rows=rows, tabs=contest_tabs(request, contest_id),
        stage_names=STAGE_NAMES, group_names=GROUP_NAMES, may_edit=acting_as(request) in EDITORS,
    )  # fmt: skip


# Hosts and funding, each one form


def _host_form(hosts: list[dict[str, Any]]) -> Form:
    return Form(
        {
            "kind": [host["kind"] for host in hosts],
            "role": [host["role"] for host in hosts],
            "host": [host["name"] for host in hosts],
        }
    )


def _hosts_page(request: Request, contest: dict[str, Any], form: Form, status: int = 200) -> Response:
    lines = list(zip(form.values("kind"), form.values("role"), form.values("host"), strict=False))
    return page(
        request, "contests/hosts.html", status=status, contest=contest, form=form,
        lines=lines + [("", "", "")] * EMPTY_HOST_LINES, kind_names=HOST_KIND_NAMES, role_names=HOST_ROLE_NAMES,
    )  # fmt: skip


@get("/contests/{contest_id:int}/hosts", who=EDITORS)
async def edit_hosts(request: Request, contest_id: FromPath[int]) -> Response:
    hosts = await Host.select().where(Host.contest == contest_id).order_by(Host.id)
    return _hosts_page(request, await _contest(contest_id), _host_form(hosts))


def _read_hosts(form: Form) -> list[HostDraft]:
    """Lines without a name are left out."""
    found = []
    lines = zip(form.values("kind"), form.values("role"), form.values("host"), strict=False)
    for number, (kind, role, name) in enumerate(lines, start=1):
        if not name.strip():
            continue
        if kind not in set(HostKind) or role not in set(HostRole) or len(name) > 120:
            form.wrong("host", N_("第 {n} 行：选择类别和分工，名称不超过 120 字"), n=number)
            continue
        found.append(HostDraft(kind=kind, role=role, name=name.strip()))
    if len(found) > MOST_HOSTS:
        form.wrong("host", N_("最多 {n} 个办赛单位"), n=MOST_HOSTS)
    return found


@post("/contests/{contest_id:int}/hosts", who=EDITORS)
async def set_hosts(request: Request, contest_id: FromPath[int]) -> Response:
    form = await read_form(request)
    hosts = _read_hosts(form)
    if not form.valid:
        form.raw = {name: values for name, values in form.raw.items() if name in ("kind", "role", "host")}
        return _hosts_page(request, await _contest(contest_id), form, 422)
    await service.set_hosts(actor_of(request), contest_id, hosts)
    return redirect(f"/contests/{contest_id}", _("已保存办赛单位"))


async def _funding_page(request: Request, contest_id: int, form: Form, status: int = 200) -> Response:
    return page(
        request, "contests/funding.html", status=status, contest=await _contest(contest_id), form=form,
        funding_names=FUNDING_NAMES,
    )  # fmt: skip


@get("/contests/{contest_id:int}/funding", who=EDITORS)
async def edit_funding(request: Request, contest_id: FromPath[int]) -> Response:
    lines = await FundingLine.select().where(FundingLine.contest == contest_id)
    values: dict[str, str] = {}
    for line in lines:
        values[f"budget_{line['source']}"] = _yuan(line["budget_fen"])
        values[f"actual_{line['source']}"] = _yuan(line["actual_fen"])
    return await _funding_page(request, contest_id, Form.filled(**values))


def _yuan(fen: int) -> str:
    """As it is typed: without separators."""
    whole, part = divmod(fen, 100)
    return f"{whole}.{part:02}" if part else str(whole)


@post("/contests/{contest_id:int}/funding", who=EDITORS)
async def set_funding(request: Request, contest_id: FromPath[int]) -> Response:
    form = await read_form(request)
    lines = [
        FundingDraft(
            source=source, budget_fen=form.fen(f"budget_{source.value}"), actual_fen=form.fen(f"actual_{source.value}")
        )
        for source in FundingSource
    ]
    if not form.valid:
        return await _funding_page(request, contest_id, form, 422)
    kept = [line for line in lines if line.budget_fen or line.actual_fen]
    await service.set_funding(actor_of(request), contest_id, kept)
    return redirect(f"/contests/{contest_id}", _("已保存经费"))


# Side events and places upward, line by line


async def _events_page(request: Request, contest_id: int, form: Form, status: int = 200) -> Response:
    return page(
        request, "contests/side_events.html", status=status, contest=await _contest(contest_id), form=form,
        events=await SideEvent.select().where(SideEvent.contest == contest_id).order_by(SideEvent.id),
        kind_names=SIDE_EVENT_NAMES,
    )  # fmt: skip


@get("/contests/{contest_id:int}/side-events", who=EDITORS)
async def edit_side_events(request: Request, contest_id: FromPath[int]) -> Response:
    return await _events_page(request, contest_id, Form())


@post("/contests/{contest_id:int}/side-events", who=EDITORS)
async def add_side_event(request: Request, contest_id: FromPath[int]) -> Response:
    form = await read_form(request)
    draft = SideEventDraft(
        kind=form.choice("kind", SideEventKind),
        name=form.text("name"),
        held_on=form.day("held_on"),
        place=form.text("place", required=False),
    )
    if not form.valid:
        return await _events_page(request, contest_id, form, 422)
    await service.add_side_event(actor_of(request), contest_id, draft)
    return redirect(f"/contests/{contest_id}/side-events", _("已添加活动"))


@post("/contests/{contest_id:int}/side-events/{line_number:int}/remove", who=EDITORS)
async def remove_side_event(request: Request, contest_id: FromPath[int], line_number: FromPath[int]) -> Response:
    await service.remove_side_event(actor_of(request), contest_id, line_number)
    return redirect(f"/contests/{contest_id}/side-events", _("已删除活动"))


async def _upward_page(request: Request, contest_id: int, form: Form, status: int = 200) -> Response:
    places = (
        await UpwardPlace.select(
            *UpwardPlace.all_columns(), UpwardPlace.skill.name.as_alias("skill_name"),
            UpwardPlace.skill.name_en.as_alias("skill_name_en"),
        )
        .where(UpwardPlace.contest == contest_id)
        .order_by(UpwardPlace.id)
    )  # fmt: skip
    return page(
        request, "contests/upward.html", status=status, contest=await _contest(contest_id), form=form, places=places,
        skills=await Skill.select(Skill.id, Skill.name, Skill.name_en)
        .where(Skill.contest == contest_id)
        .order_by(Skill.number),
        tier_names=TIER_NAMES, group_names=GROUP_NAMES,
    )  # fmt: skip


@get("/contests/{contest_id:int}/upward", who=EDITORS)
async def edit_upward(request: Request, contest_id: FromPath[int]) -> Response:
    return await _upward_page(request, contest_id, Form())


@post("/contests/{contest_id:int}/upward", who=EDITORS)
async def add_upward(request: Request, contest_id: FromPath[int]) -> Response:
    form = await read_form(request)
    skills = await Skill.select(Skill.id).where(Skill.contest == contest_id)
    draft = UpwardDraft(
        target_tier=form.choice("target_tier", Tier),
        target_name=form.text("target_name"),
        skill_id=int(form.one_of("skill", {str(row["id"]) for row in skills}, required=False) or 0) or None,
        group_kind=form.one_of("group_kind", set(GroupKind), required=False),
        places=form.whole("places", least=1, most=9999),
    )
    if not form.valid:
        return await _upward_page(request, contest_id, form, 422)
    await service.add_upward_place(actor_of(request), contest_id, draft)
    return redirect(f"/contests/{contest_id}/upward", _("已添加名额"))


@post("/contests/{contest_id:int}/upward/{line_number:int}/remove", who=EDITORS)
async def remove_upward(request: Request, contest_id: FromPath[int], line_number: FromPath[int]) -> Response:
    await service.remove_upward_place(actor_of(request), contest_id, line_number)
    return redirect(f"/contests/{contest_id}/upward", _("已删除名额"))


# Staff


async def _staff_page(
    request: Request, contest_id: int, form: Form, status: int = 200, appointed: Appointed | None = None
) -> Response:
    skills = await Skill.select(Skill.id, Skill.number, Skill.name, Skill.name_en).where(
        Skill.contest == contest_id
    ).order_by(Skill.number)  # fmt: skip
    staff = await staff_of(contest_id)
    covered = {row["scope_id"] for row in staff if row["role"] == Role.CHIEF_JUDGE}
    return page(
        request, "contests/staff.html", status=status, contest=await _contest(contest_id), staff=staff, skills=skills,
        without_chief=[shown(each["name"], each["name_en"]) for each in skills if each["id"] not in covered],
        form=form, appointed=appointed,
        roles=APPOINTS.get(acting_as(request), ()), role_names=ROLE_NAMES, tabs=contest_tabs(request, contest_id),
        skill_of={skill["id"]: skill for skill in skills},
    )  # fmt: skip


@get("/contests/{contest_id:int}/staff", who=READERS)
async def show_staff(request: Request, contest_id: FromPath[int]) -> Response:
    await check_sees(request, contest_id)
    return await _staff_page(request, contest_id, Form())


@post("/contests/{contest_id:int}/staff", who=EDITORS)
async def add_staff(request: Request, contest_id: FromPath[int]) -> Response:
    """The first password of a new account is in this answer and nowhere else."""
    form = await read_form(request)
    role = form.choice("role", Role)
    skill_id = form.whole("skill", default=0)
    name, username = form.text("name", longest=60), form.text("username", longest=60)
    try:
        if form.valid:
            appointed = await appoint_staff(
                actor_of(request), acting_as(request), contest_id, role, skill_id, name, username
            )
            return await _staff_page(request, contest_id, Form(), appointed=appointed)
    except Refused as refused:
        form.refuse(refused)
    return await _staff_page(request, contest_id, form, 422)


@post("/contests/{contest_id:int}/staff/{grant_id:int}/end", who=EDITORS)
async def end_staff(request: Request, contest_id: FromPath[int], grant_id: FromPath[int]) -> Response:
    await dismiss(actor_of(request), acting_as(request), contest_id, grant_id)
    return redirect(f"/contests/{contest_id}/staff", _("已收回角色"))


ROUTES = [
    list_sessions, edit_hosts, set_hosts, edit_funding, set_funding, edit_side_events, add_side_event,
    remove_side_event, edit_upward, add_upward, remove_upward, show_staff, add_staff, end_staff,
]  # fmt: skip

"""A stage's result for the office: compute, decide ties, decline places, release, look back."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition.accounts.kinds import Role
from competition.accounts.tables import Account
from competition.contests.kinds import GROUP_NAMES, STAGE_NAMES, STAGE_STATE_NAMES
from competition.contests.service import next_stage
from competition.entries.kinds import ATTENDANCE_NAMES
from competition.problems import N_, Missing, Problem, Refused
from competition.results import service
from competition.results.boards import Board, BoardLine, lines_of
from competition.results.exports import line_note, stage_title, stage_workbook
from competition.results.inputs import parts_of
from competition.results.kinds import AWARD_LEVEL_NAMES, REVISION_KIND_NAMES
from competition.results.stages import stage_row
from competition.results.tables import DeclinedPlace
from competition.results.visibility import WITH_DRAFTS, Sight, history_seen, revision_in_sight, revision_seen, sight_of
from competition.web.forms import Form, read_form
from competition.web.i18n import _, said, shown
from competition.web.pages import XLSX, download, page, redirect
from competition.web.viewer import actor_of, signed_in

Row = dict[str, Any]

READERS = frozenset({Role.BUREAU, Role.ORGANISER, Role.CHIEF_JUDGE, Role.SUPERVISOR, Role.AUDITOR})
MAKERS = frozenset({Role.BUREAU, Role.ORGANISER, Role.CHIEF_JUDGE})
RELEASERS = frozenset({Role.BUREAU, Role.ORGANISER})


async def _stage(stage_id: int) -> Row:
    stage = await stage_row(stage_id)
    if stage is None:
        raise Missing("stage")
    return stage


def _sight(request: Request, stage: Row) -> Sight:
    return sight_of(signed_in(request), contest_id=stage["contest_id"], skill_id=stage["skill_id"])


async def _asked_revision(request: Request, stage: Row, sight: Sight) -> Row | None:
    """The one `?revision=` asks for, else the newest this viewer may see."""
    asked = request.query_params.get("revision", "")
    if not asked:
        return await revision_seen(sight, stage["id"])
    revision = await revision_in_sight(sight, int(asked)) if asked.isascii() and asked.isdigit() else None
    if revision is None or revision["stage"] != stage["id"]:
        raise Missing("revision")
    return revision


def by_rank(line: BoardLine) -> tuple[bool, int, int]:
    return line.rank is None, line.rank or 0, line.id


async def _people(history: list[Row]) -> dict[int, str]:
    ids = {row[name] for row in history for name in ("computed_by", "released_by")} - {None}
    if not ids:
        return {}
    rows = await Account.select(Account.id, Account.name, Account.name_en).where(Account.id.is_in(list(ids)))
    return {row["id"]: shown(row["name"], row["name_en"]) for row in rows}


async def _declined(stage_id: int) -> set[int]:
    rows = await DeclinedPlace.select(DeclinedPlace.entry).where(
        (DeclinedPlace.stage == stage_id) & DeclinedPlace.taken_back_at.is_null()
    )
    return {row["entry"] for row in rows}


def _undecided(lines: tuple[BoardLine, ...], blockers: list[Problem]) -> list[tuple[Problem, list[BoardLine]]]:
    """Each tie that blocks, with its lines."""
    by_entry = {line.entry_id: line for line in lines}
    return [
        (problem, [by_entry[key] for key in problem.params["keys"]]) for problem in blockers if problem.field == "ties"
    ]


async def _page(request: Request, stage: Row, form: Form, status: int = 200) -> Response[str]:
    sight = _sight(request, stage)
    revision = await _asked_revision(request, stage, sight)
    history = await history_seen(sight, stage["id"])
    newest = next((row for row in history if row["discarded_at"] is None), None)
    board = Board(revision, tuple(sorted(await lines_of([revision], sight), key=by_rank))) if revision else None
    is_draft = bool(revision and newest and revision["id"] == newest["id"] and not revision["number"])
    blockers = await service.release_blockers(stage, revision) if revision and is_draft else []
    viewer = signed_in(request)
    return page(
        request, "results/stage.html", status=status, stage=stage, board=board, form=form,
        parts=await parts_of(stage["id"]) if not stage["elsewhere"] else [],
        history=history, people=await _people(history), is_draft=is_draft, newest=newest,
        in_force=next((row for row in history if row["current"]), None),
        following=await next_stage(stage["id"]), blockers=blockers,
        ties=_undecided(board.lines if board else (), blockers),
        declined=await _declined(stage["id"]) if sight.drafts else set(),
        too_early=await service.too_early(stage), may_make=viewer.has(*MAKERS) and sight.drafts,
        may_release=viewer.has(*RELEASERS) and sight.drafts, sees_drafts=sight.drafts,
        stage_names=STAGE_NAMES, group_names=GROUP_NAMES, state_names=STAGE_STATE_NAMES,
        attendance_names=ATTENDANCE_NAMES, level_names=AWARD_LEVEL_NAMES, kind_names=REVISION_KIND_NAMES, said=said,
        line_note=line_note, noted=any(line_note(line) for line in board.lines) if board else False,
    )  # fmt: skip


@get("/stages/{stage_id:int}/results", who=READERS)
async def show_stage(request: Request, stage_id: FromPath[int]) -> Response[str]:
    return await _page(request, await _stage(stage_id), Form())


@post("/stages/{stage_id:int}/results/compute", who=MAKERS)
async def compute(request: Request, stage_id: FromPath[int]) -> Response:
    form = await read_form(request)
    reason = form.text("reason", required=False, longest=200)
    if form.valid:
        try:
            await service.compute(actor_of(request), stage_id, reason)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/stages/{stage_id}/results", _("已计算，草稿未发布"))
    return await _page(request, await _stage(stage_id), form, 422)


@post("/stages/{stage_id:int}/results/ties", who={Role.CHIEF_JUDGE})
async def decide_tie(request: Request, stage_id: FromPath[int]) -> Response:
    """The fields place-<entry> hold 1, 2, … within one tie."""
    form = await read_form(request)
    names = [name for name in form.raw if name.startswith("place-") and name[6:].isascii() and name[6:].isdigit()]
    places = {int(name[6:]): form.whole(name, least=1, most=max(1, len(names))) for name in names}
    if form.valid and len(set(places.values())) < len(places):
        form.wrong(names[0], N_("每人一个不同的次序，从 1 起"))
    reason = form.text("tie_reason", longest=200)
    if form.valid:
        try:
            ordered = sorted(places, key=lambda entry_id: places[entry_id])
            await service.decide_tie(actor_of(request), stage_id, ordered, reason)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/stages/{stage_id}/results", _("已裁定，成绩已重新计算"))
    return await _page(request, await _stage(stage_id), form, 422)


@post("/stages/{stage_id:int}/results/declined", who=RELEASERS)
async def decline(request: Request, stage_id: FromPath[int]) -> Response:
    form = await read_form(request)
    entry_id = form.whole("entry", least=1)
    reason = form.text("declined_reason", longest=200)
    if form.valid:
        try:
            await service.decline(actor_of(request), stage_id, entry_id, reason)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/stages/{stage_id}/results", _("已登记放弃，递补名单见草稿，发布后生效"))
    return await _page(request, await _stage(stage_id), form, 422)


@post("/stages/{stage_id:int}/results/declined/{entry_id:int}/taken-back", who=RELEASERS)
async def take_back_decline(request: Request, stage_id: FromPath[int], entry_id: FromPath[int]) -> Response:
    await service.take_back_decline(actor_of(request), stage_id, entry_id)
    return redirect(f"/stages/{stage_id}/results", _("已撤销放弃，名单已重新计算"))


@post("/revisions/{revision_id:int}/discard", who=MAKERS)
async def discard(request: Request, revision_id: FromPath[int]) -> Response:
    revision = await revision_in_sight(WITH_DRAFTS, revision_id)
    if revision is None:
        raise Missing("revision")
    await service.discard(actor_of(request), revision_id)
    return redirect(f"/stages/{revision['stage']}/results", _("草稿已作废"))


@post("/revisions/{revision_id:int}/release", who=RELEASERS)
async def release(request: Request, revision_id: FromPath[int]) -> Response:
    revision = await revision_in_sight(WITH_DRAFTS, revision_id)
    if revision is None:
        raise Missing("revision")
    try:
        await service.release(actor_of(request), revision_id)
    except Refused as refused:
        form = Form()
        form.refuse(refused)
        return await _page(request, await _stage(revision["stage"]), form, refused.status)
    return redirect(f"/stages/{revision['stage']}/results", _("成绩已发布"))


@get("/stages/{stage_id:int}/results.xlsx", who=READERS)
async def export_stage(request: Request, stage_id: FromPath[int]) -> Response[bytes]:
    stage = await _stage(stage_id)
    sight = _sight(request, stage)
    revision = await _asked_revision(request, stage, sight)
    if revision is None:
        raise Missing("revision")
    board = Board(revision, tuple(sorted(await lines_of([revision], sight), key=by_rank)))
    content = stage_workbook(stage, board, await parts_of(stage["id"]))
    return download(content, f"{stage_title(stage)} {_('成绩')}.xlsx", XLSX)


ROUTES = [show_stage, compute, decide_tie, decline, take_back_decline, discard, release, export_stage]

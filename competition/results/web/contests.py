"""Results of a whole contest: the state of its stages, winners, medal tables; and what waits for release."""

from collections import Counter
from itertools import groupby
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from competition.accounts.kinds import Role
from competition.contests.kinds import CONTEST_STATE_NAMES, GROUP_NAMES, STAGE_NAMES, STAGE_STATE_NAMES, StageState
from competition.contests.tables import Contest, Skill, Stage
from competition.contests.web.seeing import check_sees, contest_tabs
from competition.problems import Missing
from competition.results.coaching import coach_honours
from competition.results.distinctions import distinctions
from competition.results.editions import ABOVE_THE_CITY, Edition, compared, editions_of
from competition.results.exports import DelegationTable, contest_workbook, delegation_name
from competition.results.kinds import DELEGATION_NAMES, REVISION_KIND_NAMES, DelegationKind
from competition.results.stages import stages_of
from competition.results.standings import delegations_among, scaled_placings, winners
from competition.results.visibility import WITH_DRAFTS, Sight, released_in, revisions_seen, sight_of
from competition.web.i18n import _, shown
from competition.web.pages import XLSX, download, page
from competition.web.paging import paging
from competition.web.viewer import Viewer, signed_in

Row = dict[str, Any]

READERS = frozenset({Role.BUREAU, Role.ORGANISER, Role.CHIEF_JUDGE, Role.SCORE_CLERK, Role.SUPERVISOR, Role.AUDITOR})


async def _contest(contest_id: int) -> Row:
    contest = await Contest.select().where(Contest.id == contest_id).first()
    if contest is None:
        raise Missing("contest")
    return contest


def _tabs(request: Request, contest_id: int) -> list[Row]:
    """The contest's tabs, with that of results current on each of its views."""
    here = f"/contests/{contest_id}/results"
    return [tab | {"current": tab["href"] == here} for tab in contest_tabs(request, contest_id)]


def _only_skills(viewer: Viewer, contest_id: int) -> tuple[int, ...] | None:
    """The skills of one who is here as chief judge only; None for those who see all."""
    if viewer.has(Role.BUREAU, Role.AUDITOR):
        return None
    for role in (Role.ORGANISER, Role.SCORE_CLERK, Role.SUPERVISOR):
        if contest_id in viewer.scopes(role):
            return None
    return viewer.scopes(Role.CHIEF_JUDGE)


@get("/contests/{contest_id:int}/results", who=READERS)
async def show_contest(request: Request, contest_id: FromPath[int]) -> Response[str]:
    """Every stage with its state; drafts are told only to those who see them."""
    await check_sees(request, contest_id)
    viewer = signed_in(request)
    skills = _only_skills(viewer, contest_id)
    stages = [row for row in await stages_of(contest_id) if skills is None or row["skill_id"] in skills]
    drafts = {row["id"]: sight_of(viewer, contest_id=contest_id, skill_id=row["skill_id"]).drafts for row in stages}
    newest = await revisions_seen(WITH_DRAFTS, [stage for stage, seen in drafts.items() if seen])
    released = await released_in(contest_id)
    states = Counter(row["state"] for row in stages)
    drafted = {stage for stage, row in newest.items() if not row["number"]}
    todo = [row for row in stages if row["state"] == StageState.LOCKED or row["id"] in drafted]
    return page(
        request, "results/contest.html", contest=await _contest(contest_id), tabs=_tabs(request, contest_id),
        stages=stages, newest=newest,
        released=released, states=states, stage_names=STAGE_NAMES, group_names=GROUP_NAMES,
        state_names=STAGE_STATE_NAMES, locked=states[StageState.LOCKED], todo=todo,
        highest=(await distinctions(await scaled_placings(contest_id), DelegationKind.DISTRICT)).highest,
        groups=[list(rows) for _group, rows in groupby(stages, key=lambda row: row["group_id"])],
    )  # fmt: skip


@get("/contests/{contest_id:int}/winners", who=READERS)
async def show_winners(request: Request, contest_id: FromPath[int]) -> Response[str]:
    await check_sees(request, contest_id)
    viewer = signed_in(request)
    skills = _only_skills(viewer, contest_id)
    sight = sight_of(viewer, contest_id=contest_id)
    won = [each for each in await winners(contest_id, sight) if skills is None or each.skill_id in skills]
    pages = paging(request, len(won))
    shown_winners = won[pages.offset : pages.offset + pages.size]
    return page(
        request, "results/winners.html", contest=await _contest(contest_id), tabs=_tabs(request, contest_id),
        group_names=GROUP_NAMES, won=shown_winners, pages=pages,
        honours=await coach_honours([each.line for each in shown_winners]),
        levels=Counter(each.line.award_level for each in won),
    )  # fmt: skip


@get("/contests/{contest_id:int}/delegations", who=READERS)
async def show_delegations(request: Request, contest_id: FromPath[int]) -> Response[str]:
    await check_sees(request, contest_id)
    kind = asked_kind(request)
    contest = await _contest(contest_id)
    editions = await editions_of(contest)
    now = editions[0]
    return page(
        request, "results/delegations.html", contest=contest, tabs=_tabs(request, contest_id),
        rows=delegations_among(now.found, kind), now=now, editions=editions, above=contest["tier"] in ABOVE_THE_CITY,
        comparison=compared(editions, kind, asked_edition(request)),
        distinctions=await distinctions(now.found, kind, sight_of(signed_in(request), contest_id=contest_id)),
        may_record=contest["elsewhere"] and signed_in(request).has(Role.BUREAU, Role.ORGANISER),
        kind=kind, kinds=DELEGATION_NAMES, delegation_name=delegation_name, kind_names=REVISION_KIND_NAMES,
        group_names=GROUP_NAMES,
    )  # fmt: skip


def asked_edition(request: Request) -> int | None:
    """The earlier contest that `?with=` asks to compare with."""
    asked = request.query_params.get("with", "")
    return int(asked) if asked.isascii() and asked.isdigit() else None


def asked_kind(request: Request) -> DelegationKind:
    asked = request.query_params.get("by", "")
    return DelegationKind(asked) if asked in list(DelegationKind) else DelegationKind.DISTRICT


@get("/contests/{contest_id:int}/results.xlsx", who={Role.BUREAU, Role.ORGANISER, Role.AUDITOR})
async def export_contest(request: Request, contest_id: FromPath[int]) -> Response[bytes]:
    contest = await _contest(contest_id)
    sight = sight_of(signed_in(request), contest_id=contest_id)
    won = await winners(contest_id, sight)
    editions = await editions_of(contest)
    tables = [await _table(editions, kind, sight) for kind in DelegationKind]
    content = contest_workbook(contest, won, await coach_honours([each.line for each in won]), tables)
    return download(content, f"{shown(contest['name'], contest['name_en'])} {_('成绩')}.xlsx", XLSX)


async def _table(editions: list[Edition], kind: DelegationKind, sight: Sight) -> DelegationTable:
    found = editions[0].found
    rows = delegations_among(found, kind)
    return DelegationTable(kind, rows, compared(editions, kind), await distinctions(found, kind, sight))


@get("/releases", who={Role.BUREAU, Role.ORGANISER, Role.CHIEF_JUDGE})
async def show_releases(request: Request) -> Response[str]:
    """Contests with stages that are locked or released, those with something to release first."""
    viewer = signed_in(request)
    rows = await _stage_states(viewer)
    counts: dict[int, Counter[str]] = {}
    for row in rows:
        counts.setdefault(row["contest_id"], Counter())[row["state"]] += 1
    contests = (
        await Contest.select(Contest.id, Contest.name, Contest.name_en, Contest.year, Contest.tier, Contest.state)
        .where(Contest.id.is_in(list(counts)))
        .order_by(Contest.year, ascending=False)
        .order_by(Contest.id, ascending=False)
        if counts
        else []
    )
    contests.sort(key=lambda contest: not counts[contest["id"]][StageState.LOCKED])
    return page(
        request, "results/releases.html", contests=contests, counts=counts, contest_states=CONTEST_STATE_NAMES,
        skills_of={row["contest_id"]: row["skill_id"] for row in rows},
    )  # fmt: skip


async def _stage_states(viewer: Viewer) -> list[Row]:
    skill = Stage.group._.skill._
    query = Stage.select(Stage.state, skill.id.as_alias("skill_id"), skill.contest.as_alias("contest_id"))
    if viewer.has(Role.BUREAU):
        return await query
    contests, skills = list(viewer.scopes(Role.ORGANISER)), list(viewer.scopes(Role.CHIEF_JUDGE))
    if not contests:
        return await query.where(skill.id.is_in(skills)) if skills else []
    led = [row["contest"] for row in await Skill.select(Skill.contest).where(Skill.id.is_in(skills))] if skills else []
    return await query.where(skill.contest.is_in(contests + led))


ROUTES = [show_contest, show_winners, show_delegations, export_contest, show_releases]

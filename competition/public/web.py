"""What anybody may see: released results, on the phone, on the big screen, and behind a QR code."""

from datetime import timedelta
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Redirect

from competition import clock
from competition.accounts.access import PUBLIC
from competition.contests.kinds import (
    CATEGORY_NAMES,
    GROUP_NAMES,
    STAGE_NAMES,
    STAGE_SHORT_NAMES,
    TIER_NAMES,
    StageKind,
)
from competition.documents.qr import qr_svg
from competition.entries.kinds import ATTENDANCE_NAMES
from competition.problems import Missing
from competition.public.answers import answer, unkept
from competition.public.boards import (
    GroupBoards,
    found_by,
    groups_of,
    listed_contests,
    news,
    next_sessions,
    podium,
    released_counts,
    sponsors,
    takes_entries,
)
from competition.results.boards import lines_of
from competition.results.coaching import coach_honours
from competition.results.distinctions import distinctions
from competition.results.editions import compared, editions_of
from competition.results.exports import delegation_name
from competition.results.kinds import DELEGATION_NAMES, REVISION_KIND_NAMES
from competition.results.stages import stage_row
from competition.results.standings import delegation_table, delegations_among
from competition.results.visibility import (
    RELEASED_ONLY,
    history_seen,
    line_by_token,
    public_contest,
    released_version,
    revision_in_sight,
    revision_seen,
)
from competition.results.web.contests import asked_kind
from competition.web.i18n import _, said
from competition.web.pages import shell_of
from competition.web.viewer import viewer_of

Row = dict[str, Any]

FIRST_LINES = 10
FIRST_DELEGATIONS = 7
ON_SCREEN = 8
# The reveal is played for a result just out, not each time the screen asks again.
JUST_RELEASED = timedelta(minutes=1)

NAMES = {"stage_names": STAGE_NAMES, "group_names": GROUP_NAMES, "tier_names": TIER_NAMES}


async def _contest(token: str) -> Row:
    contest = await public_contest(token)
    if contest is None:
        raise Missing("contest")
    return contest


def _address(request: Request, path: str) -> str:
    return shell_of(request).settings.url + path


@get("/", who=PUBLIC)
async def home(request: Request) -> Response:
    if viewer_of(request) is not None:
        return Redirect("/desk", status_code=303)

    async def gather() -> Row:
        contests = await listed_contests()
        now = clock.now()
        return {
            "open_now": [each for each in contests if takes_entries(each, now)],
            "contests": contests,
            "counts": await released_counts([each["id"] for each in contests]),
            "news": await news(),
            "category_names": CATEGORY_NAMES,
            **NAMES,
        }

    return await unkept(request, "public/home.html", gather)


@get("/results/{contest_token:str}", who=PUBLIC)
async def show_contest(request: Request, contest_token: FromPath[str]) -> Response:
    """`?skill=` and `?group=` lead on to a board: what the chooser on the board sends."""
    contest = await _contest(contest_token)
    asked = request.query_params.get("skill", "")
    if asked:
        return await _to_board(contest, asked)
    kind = asked_kind(request)

    async def gather() -> Row:
        editions = await editions_of(contest)
        placings = editions[0].found
        return {
            "contest": contest,
            "groups": await groups_of(contest["id"]),
            "delegations": delegations_among(placings, kind),
            "now": editions[0],
            "comparison": compared(editions, kind),
            "distinctions": await distinctions(placings, kind),
            "kind_names": REVISION_KIND_NAMES,
            "kind": kind,
            "kinds": DELEGATION_NAMES,
            "delegation_name": delegation_name,
            "winners": sum(bool(row["award_name"]) for row in placings.placings),
            "news": await news(contest["id"]),
            "sponsors": await sponsors(contest["id"]),
            "short_names": STAGE_SHORT_NAMES,
            "category_names": CATEGORY_NAMES,
            "qr": qr_svg(_address(request, f"/results/{contest_token}"), title=_("本页二维码")),
            **NAMES,
        }

    version = f"{contest['version']} {contest['state']} {await released_version(contest['id'])}"
    return await answer(request, "public/contest.html", version, gather)


async def _to_board(contest: Row, skill: str) -> Response:
    groups = [each for each in await groups_of(contest["id"]) if str(each.skill_id) == skill]
    if not groups:
        raise Missing("skill")
    best = next((each for each in groups if each.released), groups[0])
    return Redirect(f"/results/{contest['token']}/{best.group_id}", status_code=303)


def _shown_stage(group: GroupBoards, asked: str) -> Row | None:
    """The released stage `?stage=` asks for, else the furthest one; asking for one that is not public finds nothing."""
    if not asked:
        return group.newest
    for stage in group.stages:
        if stage["kind"] == asked and stage["id"] in group.released:
            return stage
    raise Missing("stage")


@get("/results/{contest_token:str}/{group_id:int}", who=PUBLIC)
async def show_board(request: Request, contest_token: FromPath[str], group_id: FromPath[int]) -> Response:
    contest = await _contest(contest_token)
    query = request.query_params

    async def gather() -> Row:
        groups = await groups_of(contest["id"])
        group = next(each for each in groups if each.group_id == group_id)
        stage = _shown_stage(group, query.get("stage", ""))
        return {
            "contest": contest,
            "groups": groups,
            "group": group,
            "stage": stage,
            **await _board(group, stage, query.get("q", "").strip()[:40], bool(query.get("all"))),
            "delegations": await delegation_table(contest["id"]),
            "first_delegations": FIRST_DELEGATIONS,
            "delegation_name": delegation_name,
            "attendance_names": ATTENDANCE_NAMES,
            "said": said,
            "sponsors": await sponsors(contest["id"]),
            "qr": qr_svg(_address(request, f"/results/{contest_token}/{group_id}"), title=_("本页二维码")),
            **NAMES,
        }

    version = f"{contest['version']} {contest['state']} {await released_version(contest['id'])}"
    return await answer(request, "public/board.html", version, gather)


async def _board(group: GroupBoards, stage: Row | None, question: str, everyone: bool) -> Row:
    if stage is None:
        return {"revision": None, "lines": [], "total": 0, "question": "", "history": [], "scaled": False}
    revision = group.released[stage["id"]]
    lines = await lines_of([revision], RELEASED_ONLY)
    matching = found_by(lines, question) if question else lines
    kept = matching if everyone or question else matching[:FIRST_LINES]
    return {
        "revision": revision,
        "lines": kept,
        "scaled": any(line.scale is not None for line in lines),
        "honours": await coach_honours(kept),
        "total": len(lines),
        "question": question,
        "history": await history_seen(RELEASED_ONLY, stage["id"]),
    }


@get("/verify/{result_token:str}", who=PUBLIC)
async def verify(request: Request, result_token: FromPath[str]) -> Response:
    """What the frozen revision says, and whether a later one has replaced it."""
    line = await line_by_token(result_token)
    revision = await revision_in_sight(RELEASED_ONLY, line["revision"]) if line else None
    stage = await stage_row(revision["stage"]) if revision else None
    if line is None or revision is None or stage is None:
        raise Missing("line")
    revision_row, stage_id = revision, stage["id"]

    async def gather() -> Row:
        lines = {each.id: each for each in await lines_of([revision_row], RELEASED_ONLY)}
        in_force = await revision_seen(RELEASED_ONLY, stage_id)
        later = await lines_of([in_force], RELEASED_ONLY) if in_force and not revision_row["current"] else []
        return {
            "line": lines[line["id"]],
            "revision": revision_row,
            "in_force": in_force,
            "now": next((each for each in later if each.entry_id == line["entry"]), None),
            "stage": stage,
            "attendance_names": ATTENDANCE_NAMES,
            "qr": qr_svg(_address(request, f"/verify/{result_token}"), title=_("核验二维码")),
            **NAMES,
        }

    return await unkept(request, "public/verify.html", gather)


@get("/arena/{contest_token:str}/{group_id:int}", who=PUBLIC)
async def arena(request: Request, contest_token: FromPath[str], group_id: FromPath[int]) -> Response:
    """The big screen: medal table, and the result of one group once it is released."""
    contest = await _contest(contest_token)

    async def gather() -> Row:
        return await _arena(request, contest, group_id)

    return await unkept(request, "public/arena.html", gather)


@get("/arena/{contest_token:str}/{group_id:int}/now", who=PUBLIC)
async def arena_now(request: Request, contest_token: FromPath[str], group_id: FromPath[int]) -> Response:
    """The part of the big screen that fetches itself."""
    contest = await _contest(contest_token)

    async def gather() -> Row:
        return await _arena(request, contest, group_id)

    return await unkept(request, "public/_arena.html", gather)


async def _arena(request: Request, contest: Row, group_id: int) -> Row:
    groups = await groups_of(contest["id"])
    group = next(each for each in groups if each.group_id == group_id)
    finals = [stage for each in groups for stage in each.stages if stage["kind"] == StageKind.FINAL]
    released = {stage: row for each in groups for stage, row in each.released.items()}
    final = next((stage for stage in group.stages if stage["kind"] == StageKind.FINAL), None)
    table = await delegation_table(contest["id"])
    now_shown = released.get(final["id"]) if final else None
    lines = await lines_of([now_shown], RELEASED_ONLY) if now_shown else []
    return {
        "contest": contest,
        "group": group,
        "fresh": now_shown is not None and clock.now() - now_shown["released_at"] < JUST_RELEASED,
        "podium": podium(lines),
        "excellence": [line for line in lines if line.award_level == "excellence"],
        "finals": len(finals),
        "finals_released": sum(stage["id"] in released for stage in finals),
        "delegations": table[:ON_SCREEN],
        "delegation_name": delegation_name,
        "sessions": await next_sessions(contest["id"]),
        "zone": contest["zone"] or clock.DEFAULT_ZONE,
        "qr": qr_svg(_address(request, f"/results/{contest['token']}"), title=_("成绩页二维码")),
        **NAMES,
    }


ROUTES = [home, show_contest, show_board, verify, arena, arena_now]
NAVIGATION: list[Any] = []

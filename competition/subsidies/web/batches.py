"""The list of batches by year and tier, and one batch."""

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from competition import clock
from competition.accounts.access import acting_as
from competition.accounts.kinds import Role
from competition.contests.kinds import GROUP_NAMES, TIER_NAMES
from competition.documents.capital import capital_amount
from competition.people.kinds import UNIT_KIND_NAMES, UnitKind
from competition.rulebook.names import STANDING_NAMES
from competition.rulebook.rules import SubsidyRule
from competition.rulebook.service import revision
from competition.subsidies import lines as line_reads
from competition.subsidies import reads
from competition.subsidies.facts import Row
from competition.subsidies.kinds import BATCH_STATE_NAMES, LINE_STATE_NAMES, BatchState, LineState
from competition.subsidies.rules import Totals
from competition.subsidies.web import views
from competition.web.forms import Form
from competition.web.i18n import _, said
from competition.web.pages import page
from competition.web.paging import paging
from competition.web.viewer import signed_in

READERS = {Role.BUREAU, Role.AUDITOR}
VIEWS = ("units", "people", "held", "excluded", "history")
OPEN_LINES = 20


@get("/subsidies", who=READERS)
async def list_batches(request: Request) -> Response:
    years = await reads.years()
    asked = request.query_params.get("year", "")
    year = int(asked) if asked.isdecimal() and int(asked) in years else (years or [clock.today().year])[0]
    summaries = await reads.batches_of(year)
    by_tier = [
        (tier, [each for each in summaries if each.batch["tier"] == tier])
        for tier in TIER_NAMES
        if any(each.batch["tier"] == tier for each in summaries)
    ]
    candidates = [(each, said(each.problem) if each.problem else "") for each in await reads.candidates(year)]
    return page(
        request, "subsidies/list.html", year=year, years=years, by_tier=by_tier, candidates=candidates,
        sums={tier: _added([each.totals for each in batches]) for tier, batches in by_tier},
        whole=_added([each.totals for each in summaries]), tier_names=TIER_NAMES, state_names=BATCH_STATE_NAMES,
        may_act=acting_as(request) == Role.BUREAU,
    )  # fmt: skip


def _added(parts: list[Totals]) -> Totals:
    return Totals(
        due=sum(each.due for each in parts), held=sum(each.held for each in parts),
        excluded=sum(each.excluded for each in parts), clawed_back=sum(each.clawed_back for each in parts),
        due_fen=sum(each.due_fen for each in parts), held_fen=sum(each.held_fen for each in parts),
        clawed_back_fen=sum(each.clawed_back_fen for each in parts),
    )  # fmt: skip


@get("/subsidies/{batch_id:int}", who=READERS)
async def show_batch(request: Request, batch_id: FromPath[int]) -> Response:
    return await batch_page(request, batch_id)


async def batch_page(request: Request, batch_id: int, *, form: Form | None = None, status: int = 200) -> Response:
    """The page of a batch; `form` is the one that was refused."""
    summary = await reads.batch_summary(batch_id)
    batch, totals = summary.batch, summary.totals
    steps, objections = await reads.steps_of(batch_id), await reads.objections_of(batch_id)
    facts = await reads.batch_facts(batch, totals, steps, objections)
    rule = await revision(batch["rule"])
    assert isinstance(rule.document.body, SubsidyRule)
    today = clock.today()
    days = views.calendar(batch, today) if batch["notice_to"] else []
    asked = _asked(request)
    held = await line_reads.lines(batch_id, [LineState.HELD]) if totals.held else []
    return page(
        request, "subsidies/batch.html", status=status, batch=batch, totals=totals, objections=objections,
        facts=facts, rule=rule, body=rule.document.body, days=days, today=today, asked=asked, form=form or Form(),
        state=views.state_said(batch, days, today), steps=views.steps_said(batch, steps),
        actions=views.actions_said(batch, facts) if acting_as(request) == Role.BUREAU else [],
        switches=views.switches_said(rule.document.body.switches), held_groups=views.held_groups(held),
        capital=capital_amount(totals.due_fen), main_sum=views.to_the_fen(totals.due_fen),
        tier_names=TIER_NAMES, group_names=GROUP_NAMES,
        kind_names=UNIT_KIND_NAMES, line_state_names=LINE_STATE_NAMES, standing_names=STANDING_NAMES,
        action_names=reads.ACTION_NAMES, may_act=acting_as(request) == Role.BUREAU,
        may_object=signed_in(request).has(Role.BUREAU) and batch["state"] == BatchState.NOTICED,
        **await _view(request, batch, totals, asked),
    )  # fmt: skip


def _asked(request: Request) -> dict[str, str]:
    asked = {name: request.query_params.get(name, "").strip() for name in ("view", "q", "kind", "open")}
    if asked["view"] not in VIEWS:
        asked["view"] = "units"
    if asked["kind"] not in set(UnitKind):
        asked["kind"] = ""
    return asked


async def _view(request: Request, batch: Row, totals: Totals, asked: dict[str, str]) -> dict[str, Any]:
    """What the chosen tab needs, the tabs, and whether units add up to the header."""
    empty: dict[str, Any] = {
        "units": [], "opened": [], "opened_rest": 0, "lines": [], "pages": None, "history": [], "kind_counts": {},
    }  # fmt: skip
    units = await line_reads.unit_sums(batch["id"])
    empty |= {
        "tabs": _tabs(batch, totals, len(units), asked["view"]),
        "adds_up": (sum(each.people for each in units), sum(each.fen for each in units))
        == (totals.due, totals.due_fen),
    }
    if asked["view"] == "units":
        return empty | await _units_view(batch, asked, units)
    if asked["view"] == "history":
        history = [record | {"said": views.detail_said(record)} for record in await reads.batch_history(batch["id"])]
        return empty | {"history": history}
    return empty | await _lines_view(request, batch, asked)


def _tabs(batch: Row, totals: Totals, units: int, view: str) -> list[dict[str, Any]]:
    href = f"/subsidies/{batch['id']}"
    not_due = totals.excluded + totals.clawed_back
    rows: list[tuple[str, str, int | None]] = [
        ("units", _("按单位"), units), ("people", _("按人"), totals.due), ("held", _("暂缓"), totals.held),
        ("excluded", _("剔除与追回") if totals.clawed_back else _("剔除"), not_due), ("history", _("变更记录"), None),
    ]  # fmt: skip
    return [
        {"href": f"{href}?view={name}", "label": label, "count": count, "current": name == view}
        for name, label, count in rows
    ]


async def _units_view(batch: Row, asked: dict[str, str], units: list[line_reads.UnitSum]) -> dict[str, Any]:
    wanted = await line_reads.units_asked(batch["id"], asked["q"]) if asked["q"] else None
    units = [each for each in units if wanted is None or each.unit["id"] in wanted]
    kept = [each for each in units if asked["kind"] in ("", each.unit["kind"])]
    opened: list[Row] = []
    if asked["open"].isdecimal():
        opened = await line_reads.lines(batch["id"], [LineState.DUE], unit_id=int(asked["open"]))
    return {
        "units": kept,
        "opened": _worded(opened[:OPEN_LINES]),
        "opened_rest": max(0, len(opened) - OPEN_LINES),
        "kind_counts": {kind: sum(each.unit["kind"] == kind for each in units) for kind in UnitKind},
    }


async def _lines_view(request: Request, batch: Row, asked: dict[str, str]) -> dict[str, Any]:
    states = {
        "people": [LineState.DUE], "held": [LineState.HELD],
        "excluded": [LineState.EXCLUDED, LineState.CLAWED_BACK],
    }[asked["view"]]  # fmt: skip
    pages = paging(request, await line_reads.count_lines(batch["id"], states, asked["q"]))
    found = await line_reads.lines(batch["id"], states, asked["q"], limit=pages.size, offset=pages.offset)
    return {"lines": _worded(found), "pages": pages}


def _worded(lines: list[Row]) -> list[Row]:
    return [line | {"said": views.reason_of(line)} for line in lines]


ROUTES = [list_batches, show_batch]

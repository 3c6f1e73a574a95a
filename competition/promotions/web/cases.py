"""The list of cases by state, with the chosen case beside it."""

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from competition import clock
from competition.accounts.access import acting_as
from competition.accounts.kinds import Role
from competition.audit.history import history_of
from competition.contests.kinds import GROUP_NAMES
from competition.promotions import facts as facts_reads
from competition.promotions import reads
from competition.promotions.kinds import CASE_STATE_NAMES, DECISION_NAMES, VERDICT_NAMES
from competition.promotions.reads import CaseView, Filter
from competition.promotions.rules.states import UNDECIDED
from competition.promotions.web import views
from competition.rulebook.names import STANDING_NAMES
from competition.rulebook.service import current
from competition.web.forms import Form
from competition.web.i18n import _, said, shown
from competition.web.pages import page
from competition.web.paging import paging
from competition.web.viewer import signed_in

READERS = {Role.BUREAU, Role.AUDITOR, Role.ORGANISER}
CASES_SHOWN = 20


def _contests_seen(request: Request) -> tuple[int, ...] | None:
    """None is all; an organiser sees the cases of their own contests."""
    viewer = signed_in(request)
    return None if viewer.has(Role.BUREAU, Role.AUDITOR) else viewer.scopes(Role.ORGANISER)


def _asked(request: Request) -> dict[str, str]:
    asked = {name: request.query_params.get(name, "").strip() for name in ("tab", "rule", "skill", "q", "year")}
    if asked["tab"] not in views.TABS:
        asked["tab"] = ""
    if not asked["rule"].isdecimal():
        asked["rule"] = ""
    return asked


@get("/promotions", who=READERS)
async def list_cases(request: Request) -> Response:
    return await cases_page(request)


@get("/promotions/{case_id:int}", who=READERS)
async def show_case(request: Request, case_id: FromPath[int]) -> Response:
    return await cases_page(request, case_id)


async def cases_page(request: Request, case_id: int = 0, *, form: Form | None = None, status: int = 200) -> Response:
    """The list and, beside it, the chosen case or the first of the list."""
    asked = _asked(request)
    chosen = await reads.case_view(case_id) if case_id else None
    years = await reads.years()
    wanted_year = int(asked["year"]) if asked["year"].isdecimal() and int(asked["year"]) in years else 0
    year = chosen.row["year"] if chosen else wanted_year or (years or [clock.today().year])[0]
    tab = views.tab_of(chosen.row["state"]) if chosen else asked["tab"] or "waiting"
    everything = Filter(year=year, contests=_contests_seen(request))
    wanted = Filter(
        year=year, states=views.TABS[tab][1], rule_id=int(asked["rule"] or 0), skill=asked["skill"],
        asked=asked["q"], contests=everything.contests,
    )  # fmt: skip
    counts = await reads.counts(everything)
    pages = paging(request, sum((await reads.counts(wanted)).values()), CASES_SHOWN)
    found = await reads.cases(wanted, pages.size, pages.offset)
    chosen = chosen or (found[0] if found else None)
    corrected = await reads.corrected_among(found)
    rules, skills = await reads.choices(everything)
    bureau, auditor = acting_as(request) == Role.BUREAU, acting_as(request) == Role.AUDITOR
    return page(
        request, "promotions/cases.html", status=status, year=year, years=years, tab=tab, asked=asked, pages=pages,
        rows=[views.row_of(view, view.row["id"] in corrected) for view in found], rules=rules, skills=skills,
        tabs=views.tabs_said(counts, tab, f"&year={year}"), summary=_summary(await reads.verdicts(wanted)),
        verdict_names=VERDICT_NAMES, group_names=GROUP_NAMES, state_names=CASE_STATE_NAMES, form=form or Form(),
        standing_names=STANDING_NAMES, bureau=bureau, chosen=chosen.row["id"] if chosen else 0, picked=bool(case_id),
        case=await case_parts(chosen, bureau=bureau, may_recommend=not auditor) if chosen else None,
        candidates=await _candidates(year) if bureau else [],
    )  # fmt: skip


def _summary(verdicts: dict[Any, int]) -> str:
    return _("，").join(f"{_(VERDICT_NAMES[verdict])} {count}" for verdict, count in verdicts.items() if count)


async def case_parts(view: CaseView, *, bureau: bool, may_recommend: bool) -> dict[str, Any]:
    """What the inspector shows of one case."""
    facts = await reads.case_facts(view)
    history = await history_of("promotion_case", view.row["id"])
    result = await reads.result_of(view)
    rule, _body = await reads.rule_of(view)
    conditions = [(_(each.label), said(each.value), each.met, each.blocks) for each in view.conditions]
    row = view.row
    return {
        "row": row, "name": shown(row["name"], row["name_en"]),
        "unit": shown(row["unit_name"] or "", row["unit_name_en"] or ""),
        "skill": shown(row["skill_name"], row["skill_name_en"]), "total": result["total"] if result else None,
        "sentence": views.sentence(view.rule_text), "rule": rule, "ladder": views.ladder(view),
        "held": views.level_said(row["level_held"]), "proposed": views.level_said(row["level_proposed"]),
        "conditions": conditions, "met": all(met for _l, _v, met, blocks in conditions if blocks),
        "open": sum(not met for _l, _v, met, blocks in conditions if blocks),
        "verdict": view.verdict, "badge": views.VERDICT_BADGES[view.verdict],
        "steps": views.steps_said(view, history), "history": _history(history),
        "decisions": views.decisions_said(view, facts, bureau=bureau) if may_recommend else [],
        "newer": await reads.newer_revision(view), "undecided": row["state"] in UNDECIDED,
        "follow_up": views.follow_up_of(view),
    }  # fmt: skip


def _history(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = {f"promotion.{decision}": name for decision, name in DECISION_NAMES.items()}
    return [record | {"said": _(names[record["action"]])} for record in records if record["action"] in names]


async def _candidates(year: int) -> list[dict[str, Any]]:
    """Contests with released finals, each with the documents that speak of it."""
    in_use = await current("promotion")
    return [
        {
            "contest": contest,
            "documents": [revision for _document, revision in facts_reads.documents_among(in_use, contest)],
        }
        for contest in await facts_reads.contests_with_finals(year)
    ]


ROUTES = [list_cases, show_case]

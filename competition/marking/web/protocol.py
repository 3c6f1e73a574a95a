"""The protocol of a stage as a page to print and sign."""

from litestar import Request, Response, get
from litestar.params import FromPath

from competition import clock
from competition.accounts.kinds import Role
from competition.contests.kinds import GROUP_NAMES, STAGE_NAMES, StageState
from competition.contests.service import stage_context
from competition.marking.kinds import ADJUSTMENT_NAMES, APPEAL_STATE_NAMES, INCIDENT_NAMES, LAYER_NAMES
from competition.marking.service.contestants import Contestant, contestants_of
from competition.marking.service.incidents import minutes_by_work
from competition.marking.service.protocol import Protocol, load_protocol
from competition.marking.signatures import is_drawn, view_box
from competition.marking.web.appeals import exact_moment, sees_leaders
from competition.marking.web.days import signature_boxes
from competition.marking.web.rechecks import rate_text, rule_text
from competition.marking.web.room import SEE_TOTALS
from competition.marking.web.stage_pages import ROOM, holds, title_of
from competition.web.i18n import _, shown
from competition.web.pages import page

# After the reveal; the chief judge signs by number.
SEE_NAMES = frozenset({Role.ORGANISER, Role.BUREAU, Role.SUPERVISOR})


async def _names(protocol: Protocol) -> dict[int, str]:
    """Contestants by entry, with team and unit."""
    return {entry_id: _name(found) for entry_id, found in (await contestants_of(protocol.entry_ids)).items()}


def _name(contestant: Contestant) -> str:
    people = _("、").join(shown(member["name"], member["name_en"]) for member in contestant.members)
    unit = shown(contestant.unit_name, contestant.unit_name_en)
    return " · ".join(text for text in (contestant.team_name, people, unit) if text)


@get("/stages/{stage_id:int}/protocol", who=ROOM)
async def show(request: Request, stage_id: FromPath[int]) -> Response:
    head = await stage_context(stage_id)
    closed = head.stage["state"] in (StageState.LOCKED, StageState.RELEASED)
    protocol = await load_protocol(stage_id, totals=closed or holds(request, *SEE_TOTALS))
    named = protocol.revealed and holds(request, *SEE_NAMES)
    drawn = {kind: row["signature"] for kind, row in protocol.signatures.items()}
    return page(
        request, "marking/protocol.html", head=head, stage_id=stage_id, protocol=protocol, title=title_of(head),
        names=await _names(protocol) if named else {}, named=named, leaders=sees_leaders(request),
        boxes={kind: view_box(signature) for kind, signature in drawn.items() if is_drawn(signature)},
        day_boxes=signature_boxes(protocol.days), rules=[rule_text(each.rule) for each in protocol.rechecks],
        rates={each.row["id"]: rate_text(each.rate) for each in protocol.rechecks}, exact_moment=exact_moment,
        minutes=minutes_by_work(protocol.incidents), group_names=GROUP_NAMES, stage_names=STAGE_NAMES,
        layer_names=LAYER_NAMES, appeal_states=APPEAL_STATE_NAMES, incident_names=INCIDENT_NAMES,
        adjustment_names=ADJUSTMENT_NAMES, now=clock.now(), back_href=f"/stages/{stage_id}/room", closed=closed,
    )  # fmt: skip


ROUTES = [show]

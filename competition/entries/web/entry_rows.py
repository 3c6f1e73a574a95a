"""Lists of entries: filters in the address, 50 on a page, a constant number of queries."""

from typing import Any

import msgspec
from litestar import Request

from competition.entries.kinds import EntryState
from competition.entries.service.reading import members_of
from competition.entries.tables import Entry, EntryMember
from competition.web.paging import paging

# badge kind and icon of each state
_BADGES = {
    EntryState.DRAFT: ("", "pen"),
    EntryState.SUBMITTED: ("info", "clock"),
    EntryState.RETURNED: ("warn", "undo"),
    EntryState.APPROVED: ("ok", "check"),
    EntryState.REJECTED: ("danger", "x"),
    EntryState.WITHDRAWN: ("", "ban"),
}
_SKILL: Any = Entry.skill
_GROUP: Any = Entry.group
_UNIT: Any = Entry.unit
_CONTEST: Any = Entry.contest
COLUMNS = (
    Entry.id, Entry.state, Entry.team_name, Entry.reason, Entry.submitted_at, Entry.decided_at, Entry.version,
    Entry.created_at, Entry.token,
    _SKILL.id.as_alias("skill_id"), _SKILL.name.as_alias("skill_name"), _SKILL.name_en.as_alias("skill_name_en"),
    _SKILL.number.as_alias("skill_number"), _SKILL.team_size.as_alias("team_size"),
    _GROUP.id.as_alias("group_id"), _GROUP.kind.as_alias("group_kind"),
    _UNIT.id.as_alias("unit_id"), _UNIT.name.as_alias("unit_name"), _UNIT.name_en.as_alias("unit_name_en"),
    _CONTEST.id.as_alias("contest_id"), _CONTEST.name.as_alias("contest_name"),
    _CONTEST.name_en.as_alias("contest_name_en"), _CONTEST.zone.as_alias("zone"),
)  # fmt: skip


class Filters(msgspec.Struct, frozen=True):
    state: str = ""
    skill: str = ""
    group: str = ""
    unit: str = ""
    contest: str = ""
    q: str = ""

    @property
    def any(self) -> bool:
        return any((self.state, self.skill, self.group, self.unit, self.contest, self.q))


def state_badges() -> dict[str, tuple[str, str]]:
    return {state.value: badge for state, badge in _BADGES.items()}


def filters_of(request: Request) -> Filters:
    given = {name: request.query_params.get(name, "").strip()[:60] for name in Filters.__struct_fields__}
    if given["state"] not in set(EntryState):
        given["state"] = ""
    for name in ("skill", "group", "unit", "contest"):
        if not (given[name].isascii() and given[name].isdigit() and len(given[name]) < 10):
            given[name] = ""
    return Filters(**given)


async def _matching(filters: Filters, within: Any) -> Any:
    wanted = within
    if filters.state:
        wanted = wanted & (Entry.state == filters.state)
    for name, column in (
        ("skill", Entry.skill),
        ("group", Entry.group),
        ("unit", Entry.unit),
        ("contest", Entry.contest),
    ):
        if getattr(filters, name):
            wanted = wanted & (column == int(getattr(filters, name)))
    if filters.q:
        wanted = wanted & await _searched(filters.q)
    return wanted


async def _searched(text: str) -> Any:
    """By contestant, team or unit."""
    member: Any = EntryMember.person
    rows = (
        await EntryMember.select(EntryMember.entry)
        .where(member.name.ilike(f"%{text}%") | member.name_en.ilike(f"%{text}%"))
        .limit(5000)
    )
    ids = sorted({row["entry"] for row in rows}) or [0]
    return Entry.id.is_in(ids) | Entry.team_name.ilike(f"%{text}%") | _UNIT.name.ilike(f"%{text}%")


async def entry_page_of(request: Request, within: Any, filters: Filters) -> dict[str, Any]:
    """`entries` (with `members`), `pages`, `filters`: three queries, one more for a search."""
    wanted = await _matching(filters, within)
    pages = paging(request, await Entry.count().where(wanted))
    rows = (
        await Entry.select(*COLUMNS)
        .where(wanted)
        .order_by(Entry.id, ascending=False)
        .limit(pages.size)
        .offset(pages.offset)
    )
    members = await members_of([row["id"] for row in rows])
    entries = [row | {"members": members[row["id"]]} for row in rows]
    return {"entries": entries, "pages": pages, "filters": filters}


async def matching_ids(within: Any, filters: Filters) -> list[int]:
    rows = await Entry.select(Entry.id).where(await _matching(filters, within)).order_by(Entry.id)
    return [row["id"] for row in rows]

"""Who can be seated: persons of the judges' pool, those certified for the occupation first."""

from typing import Any

import msgspec

from competition import clock
from competition.marking.service.panels import contestants_among
from competition.people.kinds import Pool
from competition.people.tables import PoolMembership


class Candidate(msgspec.Struct, frozen=True):
    """`contestant`: entered in the skill, so no judge of it."""

    person_id: int
    name: str
    name_en: str
    unit_name: str
    unit_name_en: str
    suited: bool
    expired: bool
    contestant: bool


async def judge_candidates(occupation_code: str, stage_id: int) -> list[Candidate]:
    today = clock.today()
    rows: list[dict[str, Any]] = (
        await PoolMembership.select(
            PoolMembership.person, PoolMembership.occupations, PoolMembership.expires_on,
            PoolMembership.person.name.as_alias("name"), PoolMembership.person.name_en.as_alias("name_en"),
            PoolMembership.person._.unit.name.as_alias("unit_name"),
            PoolMembership.person._.unit.name_en.as_alias("unit_name_en"),
        )
        .where((PoolMembership.pool == Pool.JUDGE.value) & PoolMembership.left_at.is_null())
        .order_by(PoolMembership.id)
    )  # fmt: skip
    entered = await contestants_among(stage_id, [row["person"] for row in rows])
    found = [
        Candidate(
            person_id=row["person"], name=row["name"], name_en=row["name_en"], unit_name=row["unit_name"] or "",
            unit_name_en=row["unit_name_en"] or "",
            suited=occupation_code in row["occupations"],
            expired=row["expires_on"] is not None and row["expires_on"] < today,
            contestant=row["person"] in entered,
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda judge: not judge.suited)

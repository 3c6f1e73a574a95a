"""What is asked for, before it is checked."""

from collections.abc import Sequence

import msgspec


class MemberDraft(msgspec.Struct, frozen=True):
    """`level_held` is a code of people.kinds.Level, "" for none."""

    person_id: int
    status: str
    level_held: str = ""
    guardian_consent: bool = False


class CoachDraft(msgspec.Struct, frozen=True):
    person_id: int
    main: bool


class EntryDraft(msgspec.Struct, frozen=True):
    contest_id: int
    skill_id: int
    group_id: int
    unit_id: int | None
    members: Sequence[MemberDraft]
    coaches: Sequence[CoachDraft] = ()
    team_name: str = ""


class Placement(msgspec.Struct, frozen=True):
    """A place in a stage and why; `from_revision` is the result revision it came from, `position` its number there."""

    entry_id: int
    reason: str
    from_revision: int | None = None
    position: int = 0

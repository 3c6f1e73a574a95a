"""A contest's table of delegations beside that of an earlier edition of the same contest."""

import re
from collections.abc import Hashable, Iterable

import msgspec

_EDITION = re.compile(r"(第\s*[0-9〇零一二三四五六七八九十百]+\s*届)|([（(]?\s*(19|20)\d{2}\s*年?度?\s*[）)]?)")


def series_of(name: str) -> str:
    """What the editions of a contest have in common: its name without year, number of the edition and spaces."""
    return re.sub(r"\s+", "", _EDITION.sub("", name)).casefold()


class Standing(msgspec.Struct, frozen=True):
    """A row of one year's table. `points` and `excellence` are None where a published table does not say them."""

    key: Hashable
    rank: int
    gold: int
    silver: int
    bronze: int
    excellence: int | None = None
    points: int | None = None

    @property
    def medals(self) -> int:
        return self.gold + self.silver + self.bronze


class Change(msgspec.Struct, frozen=True):
    """A delegation now and then; `then` None where it was not there. A difference is None where one side is unknown;
    a positive `places` is so many places better."""

    now: Standing
    then: Standing | None

    @property
    def places(self) -> int | None:
        return None if self.then is None else self.then.rank - self.now.rank

    @property
    def medals(self) -> int | None:
        return None if self.then is None else self.now.medals - self.then.medals

    @property
    def points(self) -> int | None:
        if self.then is None or self.then.points is None or self.now.points is None:
            return None
        return self.now.points - self.then.points


def changes(now: Iterable[Standing], then: Iterable[Standing]) -> list[Change]:
    """One for each delegation of this year, in its order."""
    before = {standing.key: standing for standing in then}
    return [Change(standing, before.get(standing.key)) for standing in now]

"""The demo as one plan: the cast and six contests. One seed gives one plan, without a database."""

import msgspec

from competition.demo.cast import Cast, Casting
from competition.demo.municipal import municipal
from competition.demo.outside import contests_above
from competition.demo.shapes import ContestPlan
from competition.demo.under_way import in_marking, registering

SEED = 20251201


class DemoPlan(msgspec.Struct, frozen=True, kw_only=True):
    cast: Cast
    contests: tuple[ContestPlan, ...]

    def contest(self, code: str) -> ContestPlan:
        """Raises KeyError for a code the plan does not have."""
        for contest in self.contests:
            if contest.head.code == code:
                return contest
        raise KeyError(code)


def make_plan(seed: int = SEED) -> DemoPlan:
    casting = Casting(seed)
    city = municipal(casting)
    contests = (city, *contests_above(casting.lot, city), registering(casting), in_marking(casting))
    return DemoPlan(cast=casting.cast(), contests=contests)

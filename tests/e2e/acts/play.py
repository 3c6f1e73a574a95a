"""What the acts of the chain hand on: the desks of the roles, and the small contest that is being run."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.e2e.house import Desk, House

PASSWORD = "lamp-river-stone-42"


class Play:
    """The people are invented. `today` is the day the test runs, so that the entry window is open."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
        self.bureau: Desk
        self.organiser: Desk
        self.registrar: Desk
        self.contest_path = ""
        self.skill_path = ""
        self.stage_paths: dict[str, str] = {}
        self.staff: dict[str, Desk] = {}
        self.judges: list[Desk] = []
        self.passer_by: Desk | None = None
        self.public_path = ""
        self.batch_path = ""
        self.labels: dict[str, dict[str, str]] = {}

    def day(self, days: int) -> str:
        return (self.today + timedelta(days=days)).isoformat()

    def moment(self, days: int, clock: str = "09:00") -> str:
        return f"{self.day(days)}T{clock}"


class InStage:
    """An act in one stage."""

    def __init__(self, act: Callable[..., None], stage: str, *more: str) -> None:
        self.act, self.stage, self.more = act, stage, more
        self.__name__ = f"{stage} {act.__name__}"

    def __call__(self, play: Play) -> None:
        self.act(play, self.stage, *self.more)

"""What rule documents are written in: the words they share with contests and the database, and their smallest parts."""

from collections.abc import Sequence
from typing import Generic, Literal, TypeVar

import msgspec

Standing = Literal["policy", "found", "default", "example"]
Tier = Literal["world", "national", "provincial", "municipal", "base"]
ContestClass = Literal["first", "second"]
Category = Literal["comprehensive", "digital", "rural", "employee", "school", "special", "training"]
GroupKind = Literal["employee", "student", "teacher", "open"]
Level = Literal[
    "apprentice",
    "junior",
    "intermediate",
    "senior",
    "technician",
    "senior_technician",
    "special_technician",
    "chief_technician",
]
AwardLevel = Literal["gold", "silver", "bronze", "excellence", ""]

T = TypeVar("T")


class Clause(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of every part of a rule file: a misspelt key is refused, not ignored."""


class Switch(Clause, Generic[T], frozen=True, kw_only=True):
    """One setting with where it comes from, so that a screen can say so beside it."""

    value: T
    standing: Standing
    note: str


def refuse_repeated(name: str, values: Sequence[str]) -> None:
    """Raises ValueError, which msgspec reports with the place in the file."""
    repeated = sorted({value for value in values if values.count(value) > 1})
    if repeated:
        raise ValueError(f"repeated {name}: {', '.join(repeated)}")

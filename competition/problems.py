"""What can be wrong with what a person asked for, in words that are translated when shown."""

from datetime import datetime
from typing import Any

import msgspec


def N_(text: str) -> str:
    """Mark a text for translation without translating it here."""
    return text


class Problem(msgspec.Struct, frozen=True):
    """One thing to put right. `field` names the form field or column it belongs to, "" for the whole.

    A list among the parameters is said as a list, with the comma of the reader's language.
    """

    text: str
    field: str = ""
    params: dict[str, Any] = {}

    def __str__(self) -> str:
        said = {name: "、".join(map(str, it)) if isinstance(it, list) else it for name, it in self.params.items()}
        return self.text.format(**said)


class Refused(Exception):
    """The request is understood and not allowed as it stands: shown at the fields, nothing is written."""

    status = 422

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


class Stale(Refused):
    """Somebody else changed the same thing in between."""

    status = 409

    def __init__(self, who: str = "", when: datetime | None = None) -> None:
        if who:
            super().__init__(
                Problem(N_("{who} 已在此期间修改，页面已刷新；您填写的内容仍在下方"), params={"who": who, "when": when})
            )
        else:
            super().__init__(Problem(N_("内容已被他人修改，页面已刷新；您填写的内容仍在下方")))


class Missing(Exception):
    """There is no such thing, or this person may not know of it."""

    status = 404


class Forbidden(Exception):
    """This person may not do this."""

    status = 403

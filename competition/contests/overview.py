"""What the rooms above show on a contest's page: they register here, so that this room need not know them.

Names the page knows, each per skill id: "entries" and "finalists" (int), "sheets" ((done, all)),
"blockers" (list of Blocker; skill id 0 for the whole contest).
"""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

Provider = Callable[[int], Awaitable[dict[int, Any]]]


class Blocker(msgspec.Struct, frozen=True):
    """Something that stops a skill, already in the reader's language, with the way to solve it."""

    text: str
    href: str
    action: str


class ContestTab(msgspec.Struct, frozen=True):
    """`label` is a marked text; `href_pattern` holds {contest_id}; `counted` names a contribution, shown as a sum."""

    label: str
    href_pattern: str
    roles: frozenset[str]
    counted: str = ""


class StageLink(msgspec.Struct, frozen=True):
    """What can be done with one stage elsewhere; `href_pattern` holds {stage_id}."""

    label: str
    href_pattern: str
    roles: frozenset[str]


_providers: dict[str, Provider] = {}
_tabs: list[ContestTab] = []
_stage_links: list[StageLink] = []


def contribute(name: str, provider: Provider) -> None:
    """Called once, when a room above is imported."""
    _providers[name] = provider


def contest_tab(label: str, href_pattern: str, roles: frozenset[str], counted: str = "") -> None:
    tab = ContestTab(label, href_pattern, roles, counted)
    if tab not in _tabs:
        _tabs.append(tab)


def stage_link(label: str, href_pattern: str, roles: frozenset[str]) -> None:
    """A link beside every stage on the page of its skill."""
    link = StageLink(label, href_pattern, roles)
    if link not in _stage_links:
        _stage_links.append(link)


def stage_links() -> tuple[StageLink, ...]:
    return tuple(_stage_links)


def tabs() -> tuple[ContestTab, ...]:
    return tuple(_tabs)


async def contributions(contest_id: int) -> dict[str, dict[int, Any]]:
    """Everything contributed for one contest, by name and skill id."""
    return {name: await provider(contest_id) for name, provider in _providers.items()}

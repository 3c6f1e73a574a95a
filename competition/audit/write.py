"""The only way to change anything: one transaction, and a record of it in the same transaction."""

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from contextvars import ContextVar
from datetime import datetime
from typing import Any

import msgspec

from competition import clock
from competition.audit.tables import AuditRecord
from competition.database.connection import current_engine
from competition.database.prepared import Prepared


class Actor(msgspec.Struct, frozen=True):
    """Who acts, in which role, from which network address."""

    name: str
    user_id: int | None = None
    role: str = ""
    address: str = ""


SYSTEM = Actor(name="系统", role="system")


class NothingRecorded(RuntimeError):
    """A write ended without a record of what it changed."""


Handler = Callable[["Change", Any], Awaitable[None]]
_handlers: dict[type, list[Handler]] = defaultdict(list)
_current: ContextVar["Change | None"] = ContextVar("change", default=None)

_insert = Prepared(
    lambda at, user_id, name, role, address, action, subject, subject_id, detail: AuditRecord.insert(
        AuditRecord(
            at=at, user_id=user_id, user_name=name, role=role, address=address,
            action=action, subject=subject, subject_id=subject_id, detail=detail,
        )
    ),
    9,
)  # fmt: skip


class Change:
    """An open write. Records are inserted as they are made; what must wait for the commit goes to `after_commit`."""

    def __init__(self, actor: Actor, after_commit: list[Callable[[], None]]) -> None:
        self.actor = actor
        self.at: datetime = clock.now()
        self.recorded = 0
        self.after_commit = after_commit

    async def record(self, action: str, subject: str, subject_id: int | None = None, **detail: Any) -> None:
        """Say what was done: `await change.record("entry.approved", "entry", 7, reason="…")`."""
        await _insert(
            self.at, self.actor.user_id, self.actor.name, self.actor.role, self.actor.address,
            action, subject, subject_id, msgspec.json.encode(detail, enc_hook=str).decode() if detail else "",
        )  # fmt: skip
        self.recorded += 1

    async def emit(self, event: Any) -> None:
        """Tell the rooms above; their handlers run here, in the same transaction."""
        for handler in _handlers[type(event)]:
            await handler(self, event)


@asynccontextmanager
async def write(actor: Actor) -> AsyncIterator[Change]:
    """One transaction. A write inside a write joins it, each recording its own actor.

    Raises NothingRecorded when nothing was recorded. Inside, await nothing but queries: others wait for the writer.
    """
    outer = _current.get()
    change = Change(actor, outer.after_commit if outer else [])
    token = _current.set(change)
    try:
        async with nullcontext() if outer else current_engine().transaction():
            yield change
            if not change.recorded:
                raise NothingRecorded
    finally:
        _current.reset(token)
    if outer:
        outer.recorded += change.recorded
        return
    for act in change.after_commit:
        act()


def subscribe(event: type, handler: Handler) -> None:
    """Called by app.py only, once per process."""
    if handler not in _handlers[event]:
        _handlers[event].append(handler)

"""Rule documents as versioned rows. A decision names the revision it was made by."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from competition.audit.write import Actor, Change, write
from competition.database.errors import Duplicate
from competition.problems import N_, Missing, Problem, Refused, Stale
from competition.rulebook import rules
from competition.rulebook.rules import RuleDocument, digest, parse
from competition.rulebook.tables import RuleRevision
from competition.web.assets import project_folder

SEED, UPLOAD = "seed", "upload"


class Revision(msgspec.Struct, frozen=True):
    """A row of the rulebook with its document read."""

    id: int
    document: RuleDocument
    text: str
    origin: str
    loaded_at: datetime
    superseded_at: datetime | None


@lru_cache(maxsize=256)
def _read(text: str) -> RuleDocument:
    return parse(text)


def _revision(row: dict[str, Any]) -> Revision:
    return Revision(
        row["id"], _read(row["body"]), row["body"], row["origin"], row["loaded_at"], row["superseded_at"]
    )  # fmt: skip


async def _in_use(code: str) -> dict[str, Any] | None:
    return await RuleRevision.select().where((RuleRevision.code == code) & RuleRevision.superseded_at.is_null()).first()


async def _insert(change: Change, document: RuleDocument, text: str, origin: str) -> int:
    """Takes the place of the version in use."""
    await RuleRevision.update({RuleRevision.superseded_at: change.at}).where(
        (RuleRevision.code == document.code) & RuleRevision.superseded_at.is_null()
    )
    row = RuleRevision(
        code=document.code, kind=document.kind, title=document.title, title_en=document.title_en,
        document_number=document.document_number, valid_from=document.valid_from, valid_to=document.valid_to,
        standing=document.standing, source=document.source, body=text, digest=digest(text),
        origin=origin, loaded_at=change.at,
    )  # fmt: skip
    revision_id = (await RuleRevision.insert(row))[0]["id"]
    await change.record("rule.loaded", "rule_revision", revision_id, code=document.code, origin=origin)
    return revision_id


def seed_files() -> list[Path]:
    return sorted((project_folder("seeds") / "rules").glob("*.toml"))


async def load_seeds(actor: Actor) -> list[str]:
    """Bring in the documents that ship with the product; the codes loaded.

    A document the bureau has uploaded its own version of is left as it is.
    """
    texts = [path.read_text("utf-8") for path in seed_files()]
    known = await RuleRevision.select(
        RuleRevision.code, RuleRevision.digest, RuleRevision.origin, RuleRevision.superseded_at
    )
    held = {(row["code"], row["digest"]) for row in known}
    own = {row["code"] for row in known if row["origin"] == UPLOAD and row["superseded_at"] is None}
    wanted = [(parse(text), text) for text in texts]
    new = [(document, text) for document, text in wanted if (document.code, digest(text)) not in held]
    new = [(document, text) for document, text in new if document.code not in own]
    if not new:
        return []
    async with write(actor) as change:
        for document, text in new:
            await _insert(change, document, text, SEED)
    return [document.code for document, _ in new]


async def upload(actor: Actor, text: str) -> int:
    """A new version of a document, or a new document. Raises Refused naming the line or key that is wrong."""
    document = parse(text)
    before = (
        await RuleRevision.select(RuleRevision.id)
        .where((RuleRevision.code == document.code) & (RuleRevision.digest == digest(text)))
        .first()
    )
    if before is not None:
        raise Refused(Problem(N_("与已有的第 {id} 号版本内容相同"), "file", {"id": before["id"]}))
    held = await _in_use(document.code)
    if held is not None and held["kind"] != document.kind:
        raise Refused(Problem(N_("代码“{code}”已用于另一类规则"), "file", {"code": document.code}))
    try:
        async with write(actor) as change:
            return await _insert(change, document, text, UPLOAD)
    except Duplicate as error:
        raise Stale from error


async def current(kind: str | None = None) -> list[Revision]:
    """The version in use of every document of a kind, by code."""
    query = RuleRevision.select().where(RuleRevision.superseded_at.is_null()).order_by(RuleRevision.code)
    if kind is not None:
        query = query.where(RuleRevision.kind == kind)
    return [_revision(row) for row in await query]


async def current_of(code: str) -> Revision | None:
    """The version in use of one document."""
    row = await _in_use(code)
    return _revision(row) if row else None


async def revision(revision_id: int) -> Revision:
    """Raises Missing."""
    row = await RuleRevision.select().where(RuleRevision.id == revision_id).first()
    if row is None:
        raise Missing("rule revision")
    return _revision(row)


async def revisions_of(code: str) -> list[Revision]:
    """Every version of a document, newest first."""
    rows = (
        await RuleRevision.select()
        .where(RuleRevision.code == code)
        .order_by(RuleRevision.id, ascending=False)
    )  # fmt: skip
    return [_revision(row) for row in rows]


def applying(revisions: Iterable[Revision], kind: rules.Kind, on: date, **match: str) -> Revision | None:
    """Of these, the one that applies on a day (rules.in_force). Raises Refused when two began on the same day."""
    held = {each.document.code: each for each in revisions}
    found = rules.in_force([each.document for each in held.values()], kind, on, **match)
    return held[found.code] if found else None


async def in_force(kind: rules.Kind, on: date, **match: str) -> Revision | None:
    """The document of a kind that applies on a day."""
    return applying(await current(kind), kind, on, **match)

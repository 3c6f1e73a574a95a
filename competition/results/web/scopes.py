"""What the ids and tokens of results in an address lead to."""

from competition.accounts.access import Scopes, path_scope
from competition.results.tables import ResultRevision
from competition.results.visibility import line_by_token, public_contest


@path_scope("revision_id")
async def _revision(revision_id: int) -> Scopes | None:
    group = ResultRevision.stage._.group._
    return (
        await ResultRevision.select(
            ResultRevision.stage.as_alias("stage"),
            group.skill.as_alias("skill"),
            group.skill._.contest.as_alias("contest"),
        )
        .where(ResultRevision.id == revision_id)
        .first()
    )


@path_scope("contest_token")
async def _contest_token(contest_token: str) -> Scopes | None:
    """With it a group of another contest in the same address leads nowhere."""
    contest = await public_contest(contest_token)
    return {"contest": contest["id"]} if contest else None


@path_scope("result_token")
async def _result_token(result_token: str) -> Scopes | None:
    return {} if await line_by_token(result_token) else None

"""Which promotion document is proposed from, when several are in force for a contest."""

from collections.abc import Sequence
from datetime import date

import msgspec

from competition.promotions.rules.windows import needs_entrants, speaks_of
from competition.rulebook.promotion import PromotionRule


class Document(msgspec.Struct, frozen=True):
    code: str
    valid_from: date
    rule: PromotionRule


def documents_for(
    documents: Sequence[Document], tier: str, contest_class: str, category: str, *, entrants_known: bool
) -> list[Document]:
    """Those that speak of such contests, the one to propose from first: the latest; of two of one day one that can be
    applied without knowing the number of entrants, then by code. A person may take another one of the list."""
    speaking = [each for each in documents if speaks_of(each.rule, tier, contest_class, category)]
    return sorted(
        speaking,
        key=lambda each: (
            -each.valid_from.toordinal(),
            not entrants_known and needs_entrants(each.rule),
            each.code,
        ),
    )

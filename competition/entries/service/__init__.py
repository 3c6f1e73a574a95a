"""Registration, decisions and places. Callers find all services of the room here."""

from competition.entries.service.creating import create_entries, create_entry, update_entry
from competition.entries.service.deciding import approve, reject, return_, submit, take, undo_return, withdraw
from competition.entries.service.drafts import CoachDraft, EntryDraft, MemberDraft, Placement
from competition.entries.service.finalists import record_finalists
from competition.entries.service.placing import attend, check_in, open_first_stage, place_entries
from competition.entries.service.reading import coaches_of, members_of, places

__all__ = [
    "CoachDraft", "EntryDraft", "MemberDraft", "Placement",
    "approve", "attend", "check_in", "coaches_of", "create_entries", "create_entry", "members_of", "open_first_stage",
    "place_entries", "places", "record_finalists", "reject", "return_", "submit", "take", "undo_return",
    "update_entry", "withdraw",
]  # fmt: skip

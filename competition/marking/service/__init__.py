"""What marking does, for its own pages and for the rooms above."""

from competition.marking.scheme_drafts import AspectDraft, PartDraft, SchemeDraft, scheme_problems
from competition.marking.service.draws import draw_numbers, numbers_revealed, plan_draw
from competition.marking.service.gaps import add_substitutes, fill_gaps
from competition.marking.service.imports import import_scores
from competition.marking.service.locking import lock_stage, sign_stage
from competition.marking.service.marks import MarkConflict, SheetClosed, correct_mark, save_mark, save_marks
from competition.marking.service.panels import SeatDraft, add_substitute, seat_team, set_panel
from competition.marking.service.procedure import waiting_appeals
from competition.marking.service.reveals import ask_reveal, confirm_reveal, reveal_every_layer
from competition.marking.service.schemes import copy_scheme, load_scheme, save_scheme
from competition.marking.service.scores import EntryScores, entry_scores
from competition.marking.service.sheets import check_sheets, recuse, return_sheet, submit_sheet

__all__ = [
    "AspectDraft", "EntryScores", "MarkConflict", "PartDraft", "SchemeDraft", "SeatDraft", "SheetClosed",
    "add_substitute", "add_substitutes", "ask_reveal", "check_sheets", "confirm_reveal", "copy_scheme",
    "correct_mark", "draw_numbers", "entry_scores", "fill_gaps", "import_scores", "load_scheme", "lock_stage",
    "numbers_revealed", "plan_draw", "recuse", "return_sheet", "reveal_every_layer", "save_mark", "save_marks",
    "save_scheme", "scheme_problems", "seat_team", "set_panel", "sign_stage", "submit_sheet", "waiting_appeals",
]  # fmt: skip

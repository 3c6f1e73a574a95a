"""Result lists as workbooks. They hold no ID numbers, phones or accounts, so they may be passed on as they are."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from competition import clock
from competition.contests.kinds import GROUP_NAMES, STAGE_NAMES, GroupKind
from competition.documents.workbook_writing import Cell, Column, Sheet, write_workbook
from competition.entries.kinds import ATTENDANCE_NAMES, Attendance
from competition.exact import from_units
from competition.results.boards import ADJUSTMENT, Board, BoardLine
from competition.results.coaching import CoachHonour
from competition.results.distinctions import Distinction, Distinctions
from competition.results.editions import Comparison, Edition
from competition.results.kinds import DELEGATION_NAMES, REVISION_KIND_NAMES, SCALE_NOTE, DelegationKind, RevisionKind
from competition.results.rules.year_on_year import Change
from competition.results.standings import Delegation, Winner
from competition.web.formats import moment
from competition.web.i18n import gettext as _
from competition.web.i18n import said, shown

Row = dict[str, Any]


def stage_workbook(stage: Row, board: Board, parts: Sequence[Row]) -> bytes:
    """One stage: rank, contestant, unit, a column for each part, total, award, whether they go on and why."""
    columns = [
        Column(_("名次"), 8, "integer"), Column(_("选手"), 18), Column(_("单位"), 30), Column(_("区市县"), 12),
        *[Column(shown(part["name"], part["name_en"]), 12, "decimal") for part in parts],
        *([Column(_("奖惩分"), 10, "decimal")] if board.adjusted else []), Column(_("总分"), 10, "decimal"),
        *([Column(_("世赛标度分"), 12, "integer")] if board.scaled else []),
        Column(_("奖项"), 14), Column(_("晋级"), 8), Column(_("说明"), 36),
    ]  # fmt: skip
    sheet = Sheet(
        title=_(STAGE_NAMES[stage["kind"]]),
        columns=columns,
        rows=[_line(line, parts, board) for line in board.lines],
        heading=[stage_title(stage), revision_text(board.revision)],
        closing=[_(SCALE_NOTE)] if board.scaled else [],
    )
    return write_workbook([sheet], created=board.revision["computed_at"])


def stage_title(stage: Row) -> str:
    skill = shown(stage["skill"], stage["skill_en"])
    contest = shown(stage["contest"], stage["contest_en"])
    return f"{contest} {skill} {_(GROUP_NAMES[stage['group_kind']])} {_(STAGE_NAMES[stage['kind']])}"


def revision_text(revision: Row) -> str:
    """Which version a paper shows; a draft says that it is one."""
    if not revision["number"]:
        return _("未发布草稿，计算于 {when}，不得外传", when=moment(revision["computed_at"]))
    return _("第 {number} 版，发布于 {when}", number=revision["number"], when=moment(revision["released_at"]))


def _line(line: BoardLine, parts: Sequence[Row], board: Board) -> list[Cell]:
    adjusted: list[Cell] = [_decimal(line.parts.get(ADJUSTMENT))] if board.adjusted else []
    scaled: list[Cell] = [line.scale] if board.scaled else []
    scores: list[Cell] = [_decimal(line.parts.get(part["code"])) for part in parts]
    return [
        line.rank, shown(line.name, line.name_en), shown(line.unit, line.unit_en),
        shown(line.district, line.district_en), *scores, *adjusted, _decimal(line.total), *scaled,
        shown(line.award_name, line.award_name_en), _("晋级") if line.advances else "", line_note(line),
    ]  # fmt: skip


def line_note(line: BoardLine) -> str:
    """Why a line stands as it does; for one who did not take part, that."""
    if line.reason.text:
        return said(line.reason)
    if line.attendance not in (Attendance.EXPECTED, Attendance.CHECKED_IN):
        return _(ATTENDANCE_NAMES[Attendance(line.attendance)])
    return ""


def _decimal(units: int | None) -> Cell:
    return None if units is None else from_units(units)


class DelegationTable(msgspec.Struct, frozen=True):
    """The medal table of one kind of delegation, beside an earlier edition where there is one."""

    kind: DelegationKind
    rows: list[Delegation]
    comparison: Comparison | None = None
    distinctions: Distinctions = Distinctions()

    @property
    def scaled(self) -> bool:
        return any(each.row.scale_total is not None for each in self.rows)


def contest_workbook(
    contest: Row, won: Sequence[Winner], honours: Mapping[int, CoachHonour], tables: Sequence[DelegationTable]
) -> bytes:
    """The winners of a contest and its medal tables, one sheet each."""
    title = shown(contest["name"], contest["name_en"])
    sheets = [_winners_sheet(title, won, honours)]
    sheets += [_delegations_sheet(title, table) for table in tables]
    return write_workbook(sheets, created=clock.now())


def _winners_sheet(title: str, won: Sequence[Winner], honours: Mapping[int, CoachHonour]) -> Sheet:
    scaled = any(each.line.scale is not None for each in won)
    return Sheet(
        title=_("获奖名单"),
        columns=[
            Column(_("赛项"), 20), Column(_("组别"), 10), Column(_("名次"), 8, "integer"), Column(_("选手"), 18),
            Column(_("单位"), 30), Column(_("区市县"), 12), Column(_("总分"), 10, "decimal"),
            *([Column(_("世赛标度分"), 12, "integer")] if scaled else []), Column(_("奖项"), 14),
            Column(_("奖金（元／人）"), 14, "money"),
            *([Column(_("指导教师荣誉"), 22)] if honours else []),
        ],
        rows=[
            [
                shown(each.skill, each.skill_en), _(GROUP_NAMES[GroupKind(each.group_kind)]), each.line.rank,
                shown(each.line.name, each.line.name_en), shown(each.line.unit, each.line.unit_en),
                shown(each.line.district, each.line.district_en), _decimal(each.line.total),
                *([each.line.scale] if scaled else []),
                shown(each.line.award_name, each.line.award_name_en), each.line.prize_fen or None,
                *([said_honour(honours.get(each.line.id))] if honours else []),
            ]
            for each in won
        ],
        heading=[f"{title} {_('获奖名单')}"],
        closing=[_(SCALE_NOTE)] if scaled else [],
    )  # fmt: skip


def said_honour(honour: CoachHonour | None) -> str:
    return f"{honour.honour} {shown(honour.name, honour.name_en)}" if honour else ""


def _delegations_sheet(title: str, table: DelegationTable) -> Sheet:
    columns = [
        Column(_("位次"), 8, "integer"), Column(_("代表队"), 30),
        *[Column(name, 8, "integer") for name in (_("金牌"), _("银牌"), _("铜牌"), _("优胜奖"))],
        Column(_("积分"), 8, "integer"), Column(_("赛项数"), 8, "integer"), Column(_("赛项平均分"), 12, "decimal"),
    ]  # fmt: skip
    heading = [f"{title} {_('代表队')} {_(DELEGATION_NAMES[table.kind])}", _("积分：金 4、银 3、铜 2、优胜 1")]
    if table.scaled:
        columns += [
            Column(_("标度分合计"), 12, "decimal"), Column(_("标度分平均"), 12, "decimal"), Column(_("最佳选手"), 30),
        ]  # fmt: skip
        heading += [_("全场标度分最高：{who}", who=said_best(table.distinctions.highest)), _(SCALE_NOTE)]
    if table.comparison:
        then = (_("上届位次"), _("位次升降"), _("上届奖牌"), _("奖牌增减"), _("上届积分"), _("积分增减"))
        columns += [Column(name, 10, "integer") for name in then]
        heading.append(_("与 {year} 年比较：{kinds}", **_said_edition(table.comparison.earlier)))
    return Sheet(
        title=_(DELEGATION_NAMES[table.kind]),
        columns=columns,
        rows=[_delegation_cells(each, table) for each in table.rows],
        heading=heading,
    )


def _said_edition(edition: Edition) -> dict[str, Any]:
    return {
        "year": edition.contest["year"],
        "kinds": _("、").join(_(REVISION_KIND_NAMES[RevisionKind(kind)]) for kind in sorted(edition.found.kinds)),
    }


def _delegation_cells(delegation: Delegation, table: DelegationTable) -> list[Cell]:
    row = delegation.row
    cells: list[Cell] = [
        row.rank, delegation_name(delegation), row.gold, row.silver, row.bronze, row.excellence, row.points,
        row.skills, row.average,
    ]  # fmt: skip
    if table.scaled:
        best = table.distinctions.best.get(row.delegation, ())
        cells += [row.scale_total, row.scale_average, said_best(best)]
    if table.comparison:
        cells += _change_cells(table.comparison.by_key[row.delegation])
    return cells


def _change_cells(change: Change) -> list[Cell]:
    if change.then is None:
        return [None] * 6
    then = change.then
    return [then.rank, change.places, then.medals, change.medals, then.points, change.points]


def said_best(best: Sequence[Distinction]) -> str:
    """Names with skill and score."""
    return _("、").join(
        _(
            "{who}（{skill}，{scale}）",
            who=shown(each.line.name, each.line.name_en), skill=shown(each.skill, each.skill_en), scale=each.line.scale,
        )
        for each in best
    )  # fmt: skip


def delegation_name(delegation: Delegation) -> str:
    """A district's or unit's name in the reader's language, or the word for a kind."""
    return (delegation.name_en and shown(delegation.name, delegation.name_en)) or _(delegation.name)

"""A rule document as tables in the reader's language: for showing, never for deciding."""

from collections.abc import Sequence
from typing import Any

import msgspec

from competition.exact import plain
from competition.rulebook.names import (
    AWARD_LEVELS,
    CATEGORIES,
    CLASSES,
    GROUPS,
    LEVELS,
    SETTINGS,
    TIERS,
    VALUES,
)
from competition.rulebook.promotion import ContestScope, PercentPlace, Place, PromotionRule, RankPlace
from competition.rulebook.rules import AwardLine, AwardsRule, Body, SeedlingRule, SubsidyRule
from competition.rulebook.words import Switch
from competition.web.formats import day, number
from competition.web.i18n import _, shown


class Line(msgspec.Struct, frozen=True):
    """`standing` is shown as a tag; `note` below the cells."""

    cells: list[str]
    standing: str
    note: str = ""


class Table(msgspec.Struct, frozen=True):
    title: str
    columns: list[str]
    lines: list[Line]


def said_value(value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, tuple):
        return _("、").join(said_value(each) for each in value) or _("无")
    return _(VALUES[value]) if value in VALUES else str(value)


def settings_table(title: str, holder: Any) -> Table:
    """Every Switch of `holder`, with what it says and where that comes from."""
    lines = []
    for field in msgspec.structs.fields(holder):
        switch = getattr(holder, field.name)
        if isinstance(switch, Switch):
            cells = [_(SETTINGS[field.name]), said_value(switch.value), switch.note]
            lines.append(Line(cells, switch.standing))
    return Table(title, [_("项目"), _("取值"), _("说明")], lines)


def _subsidy(body: SubsidyRule) -> list[Table]:
    rates = [Line([_(TIERS[rate.tier]), number(rate.yuan)], rate.standing) for rate in body.rates]
    return [
        Table(_("补贴标准"), [_("层级"), _("元 / 人")], rates),
        settings_table(_("计发口径"), body.switches),
    ]


def _names(names: dict[str, str], codes: Sequence[str]) -> str:
    return _("、").join(_(names[code]) for code in codes)


def said_scope(scope: ContestScope) -> str:
    parts = [_(TIERS[scope.tier])]
    if scope.contest_class:
        parts.append(_(CLASSES[scope.contest_class]))
    if scope.category:
        parts.append(_(CATEGORIES[scope.category]))
    return " ".join(parts)


def said_place(place: Place) -> str:
    if isinstance(place, RankPlace):
        text = _("第 {first}–{last} 名", first=place.first, last=place.last)
        if place.first == place.last:
            text = _("第 {first} 名", first=place.first)
    elif isinstance(place, PercentPlace):
        text = _("前 {above}–{up_to} %", above=place.above, up_to=place.up_to)
        if not place.above:
            text = _("前 {up_to} %", up_to=place.up_to)
    else:
        text = _names(AWARD_LEVELS, place.levels)
    return text if place.team_size == 1 else _("{n} 人队：{text}", n=place.team_size, text=text)


def _promotion(body: PromotionRule) -> list[Table]:
    lines = [
        Line(
            [
                _("；").join(said_scope(scope) for scope in window.contests),
                _names(GROUPS, window.groups) or _("全部组别"),
                _("；").join(said_place(place) for place in window.places),
                _("、").join((_(LEVELS[window.grants]), *window.honours)),
                _(LEVELS[window.already_holds]),
            ],
            window.standing,
        )
        for window in body.windows
    ]
    columns = [_("竞赛"), _("组别"), _("名次或奖项"), _("晋升为"), _("已有该等级的")]
    return [Table(_("晋级条款"), columns, lines), settings_table(_("适用条件"), body.conditions)]


def _said_award(award: AwardLine) -> str:
    if award.kind == "rank":
        if award.first == award.last:
            return _("第 {first} 名", first=award.first)
        return _("第 {first}–{last} 名", first=award.first, last=award.last)
    if award.kind == "percent":
        assert award.percent_from is not None
        assert award.percent_to is not None
        return _("前 {above}–{up_to} %", above=plain(award.percent_from), up_to=plain(award.percent_to))
    if award.kind == "medal":
        return _("按世赛标度分")
    return _("其余选手的前一半")


def _awards(body: AwardsRule) -> list[Table]:
    lines = [
        Line(
            [
                shown(award.name, award.name_en),
                _said_award(award),
                _names(GROUPS, award.group_kinds) or _("全部组别"),
                plain(award.floor.value) if award.floor else "—",
                number(award.prize_yuan) if award.prize_yuan else "—",
                award.coach_honour or "—",
            ],
            award.standing,
            award.floor.note if award.floor else "",
        )
        for award in body.awards
    ]
    columns = [_("奖项"), _("条件"), _("组别"), _("最低分"), _("奖金（元）"), _("主教练荣誉")]
    tables = [Table(_("奖项设置"), columns, lines)]
    if body.medals:
        tables.append(settings_table(_("世赛标度分授奖"), body.medals))
    if body.small_fields:
        sizes = [
            Line(
                [_("不超过 {n} 人", n=size.up_to), _names(AWARD_LEVELS, size.levels) or _("不设奖")],
                body.small_fields.standing,
            )
            for size in body.small_fields.value
        ]
        tables.append(Table(_("参赛人数较少时"), [_("参赛人数"), _("设奖")], sizes))
    return tables


def _seedling(body: SeedlingRule) -> list[Table]:
    windows = [
        Line(
            [f"{each.year} {each.city}", day(each.born_on_or_after), day(each.extended_born_on_or_after)],
            each.standing,
        )
        for each in body.birth_windows
    ]
    columns = [_("世赛届次"), _("一般赛项：出生不早于"), _("放宽赛项：出生不早于")]
    return [settings_table(_("入库建议条件"), body), Table(_("年龄窗口"), columns, windows)]


def tables(body: Body) -> list[Table]:
    if isinstance(body, SubsidyRule):
        return _subsidy(body)
    if isinstance(body, PromotionRule):
        return _promotion(body)
    if isinstance(body, AwardsRule):
        return _awards(body)
    if isinstance(body, SeedlingRule):
        return _seedling(body)
    return [settings_table(_("复核与申诉"), body)]

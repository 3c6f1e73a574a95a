"""The columns of the entry workbook, and the template that units fill in."""

from datetime import date

from competition.documents.sheet_headings import Heading
from competition.documents.template_workbook import TemplateTexts, entry_template
from competition.entries.rules.eligibility import GroupFacts
from competition.entries.rules.sheet_words import GROUP_SHORT
from competition.people.identity import with_check_digit
from competition.people.kinds import LEVEL_NAMES, STATUS_NAMES

SERIAL = Heading("serial", ("序号", "No."), required=False)
NAME = Heading("name", ("姓名", "Name", "选手姓名"))
SEX = Heading("sex", ("性别", "Sex"), required=False)
ID_NUMBER = Heading("id_number", ("证件号码", "ID number", "身份证号", "身份证号码", "证件号"))
BORN_ON = Heading("born_on", ("出生日期", "Date of birth"), required=False)
SKILL = Heading("skill", ("赛项", "Skill", "参赛项目", "竞赛项目", "参赛赛项"))
GROUP = Heading("group", ("组别", "Group", "参赛组别"))
TEAM = Heading("team", ("队名", "Team"), required=False)
STATUS = Heading("status", ("身份", "Status"), required=False)
LEVEL = Heading("level", ("现有等级", "Level held", "职业技能等级"), required=False)
MAIN_COACH = Heading("main_coach", ("主教练", "Main coach", "教练", "指导教师", "第一指导教师"))
MAIN_COACH_ID = Heading("main_coach_id", ("主教练证件号码", "Main coach ID"), required=False)
SECOND_COACH = Heading("second_coach", ("第二教练", "Second coach", "第二指导教师"), required=False)
SECOND_COACH_ID = Heading("second_coach_id", ("第二教练证件号码", "Second coach ID"), required=False)
PHONE = Heading("phone", ("联系电话", "Phone", "手机", "手机号", "电话"))
CONSENT = Heading("consent", ("监护人同意", "Guardian consent"), required=False)

COLUMNS = (
    SERIAL, NAME, SEX, ID_NUMBER, BORN_ON, SKILL, GROUP, TEAM, STATUS, LEVEL,
    MAIN_COACH, MAIN_COACH_ID, SECOND_COACH, SECOND_COACH_ID, PHONE, CONSENT,
)  # fmt: skip
TITLES = {heading.key: heading.titles for heading in COLUMNS}
# Kept apart from the rest and sealed.
SEALED = frozenset({"id_number", "phone", "main_coach_id", "second_coach_id"})

_NOTES = (
    "每名选手一行；团体赛项同队各行填同一队名。带 * 的列必填。",
    "教练填本单位教职工姓名；未登记过的，加填证件号码。比赛首日未满 18 周岁的，取得监护人同意后填“是”。",
)
_NOTES_EN = (
    "One row per contestant; rows of one team carry the same team name. Columns with * are required.",
    "Coaches are staff of the unit, by name; give the ID number of one not yet on file. Under 18: guardian consent.",
)


def template(groups: tuple[GroupFacts, ...], english: bool) -> bytes:
    """The workbook of one contest: its skills and groups as lists to choose from."""
    choices = {
        "skill": list(dict.fromkeys(group.skill for group in groups)),
        "group": list(dict.fromkeys(GROUP_SHORT[group.kind] for group in groups)),
        "status": list(STATUS_NAMES.values()),
        "level": list(LEVEL_NAMES.values()),
        "sex": ["男", "女"],
        "consent": ["是", "否"],
    }
    texts = TemplateTexts(notes=_NOTES)
    if english:
        texts = TemplateTexts("Entries", "Example", "Choices", _NOTES_EN, "Choose from the list", "en")
    return entry_template(COLUMNS, [_example(groups)] if groups else [], choices, texts=texts)


def _example(groups: tuple[GroupFacts, ...]) -> dict[str, str]:
    """An invented person: the area code 210299 does not exist."""
    born = date(2006, 3, 17)
    return {
        "serial": "1", "name": "示例", "sex": "女", "id_number": with_check_digit(f"210299{born:%Y%m%d}002"),
        "born_on": born.isoformat(), "skill": groups[0].skill, "group": GROUP_SHORT[groups[0].kind],
        "team": "一队" if groups[0].team_size > 1 else "", "level": "中级工（四级）", "main_coach": "示例教练",
        "phone": "13800000000", "consent": "",
    }  # fmt: skip

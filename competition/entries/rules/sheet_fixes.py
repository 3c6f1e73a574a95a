"""What to do about a finding, said beside it."""

from competition.entries.rules import eligibility as eligible
from competition.entries.rules.typed import NAMESAKES, NO_SUCH_COACH, OTHER_NAME, WORLD_ONLY
from competition.problems import N_

_BY_TEXT = {
    eligible.WRONG_GROUP: N_("改组别或身份"),
    eligible.UNDER_AGE: N_("不能报名"),
    eligible.TOO_OLD: N_("不能报名"),
    eligible.NO_CONSENT: N_("取得同意后填“是”"),
    eligible.HELD_BY_US: N_("删去此行"),
    eligible.HELD_BY_OTHERS: N_("与本人核实"),
    eligible.UNIT_FULL: N_("换赛项或删行"),
    eligible.NO_COACH: N_("填一名本单位教练"),
    NO_SUCH_COACH: N_("改姓名，或加填证件号"),
    NAMESAKES: N_("加填证件号"),
    OTHER_NAME: N_("对照证件重填"),
    WORLD_ONLY: N_("改填 18 位证件号"),
    N_("与第 {row} 行是同一人（{skill}）；一人限报一项"): N_("删去其中一行"),
    N_("同队第 {row} 行有误，整队暂不导入"): N_("改好那一行"),
}
_BY_KEY = {
    "id_number": N_("对照证件重填"),
    "main_coach_id": N_("对照证件重填"),
    "second_coach_id": N_("对照证件重填"),
    "name": N_("填写姓名"),
    "born_on": N_("按证件号改"),
    "sex": N_("按证件号改"),
    "skill": N_("改为本次竞赛的赛项"),
    "group": N_("改为该赛项的组别"),
    "phone": N_("核对号码"),
    "team": N_("同队各行填同一队名"),
    "level": N_("从模板的列表中选"),
    "consent": N_("填“是”或“否”"),
    "status": N_("从模板的列表中选"),
}


def fix_for(text: str, key: str, severity: str) -> str:
    """A marked text, "" when nothing can be advised."""
    if severity == "warning":
        return N_("核对号码") if key == "phone" else N_("不用改")
    return _BY_TEXT.get(text, _BY_KEY.get(key, ""))

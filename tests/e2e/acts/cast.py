"""The invented people and units of the small contest. Area codes and numbers are made up; check digits are right."""

from datetime import date

import msgspec

from competition.people.identity import with_check_digit, with_credit_check


class Unit(msgspec.Struct, frozen=True):
    name: str
    credit_code: str
    account: str = ""


class Someone(msgspec.Struct, frozen=True):
    name: str
    id_number: str
    phone: str = "13800000000"


def id_number(born: date, serial: int) -> str:
    return with_check_digit(f"210299{born:%Y%m%d}{serial:03}")


SCHOOL = Unit("示例装备职业学院", with_credit_check("12210200MB0000101"), "6222000012345678901")
JUDGES_UNIT = Unit("示例餐饮管理有限公司", with_credit_check("91210200MA0000102"))

# One by form, the others by workbook. Born late enough for the seedling pool.
BY_FORM = Someone("甄一航", id_number(date(2008, 3, 17), 101))
BY_WORKBOOK = tuple(
    Someone(name, id_number(date(2008, 4, place + 1), 110 + place))
    for place, name in enumerate(("欧阳示例", "令狐示范", "慕容样本", "司徒范例", "上官样张", "诸葛演练", "东方试用"))
)
CONTESTANTS = (BY_FORM, *BY_WORKBOOK)
COACHES = (Someone("计教练", id_number(date(1980, 1, 2), 201)), Someone("储教练", id_number(date(1982, 1, 2), 202)))
JUDGES = tuple(
    Someone(f"评委{sign}", id_number(date(1975, 5, place + 1), 301 + place)) for place, sign in enumerate("甲乙丙丁戊")
)

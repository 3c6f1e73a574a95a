"""Numbers that identify persons, units and occupations: what is wrong with one, and what it tells."""

import re
import unicodedata
from datetime import date
from typing import Literal

from stdnum.cn import ric, uscc

from competition.problems import N_, Problem

Sex = Literal["male", "female"]

_CREDIT_ALPHABET = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")
# GB 32100: registration authority (A, N, Y are the newer ones, N for rural bodies), category, division.
# `stdnum.cn.uscc.validate` takes digits only here, so it refuses rural cooperatives; only its check digit is used.
_CREDIT_HEAD = re.compile(r"[1-9ANY][1-9]\d{6}", re.ASCII)
_PASSPORT = re.compile(r"(?=.*\d)[A-Z0-9]{5,12}", re.ASCII)
_OCCUPATION = re.compile(r"[1-8]-\d{2}-\d{2}-\d{2}", re.ASCII)
_PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(-\d{1,6})?|\+(?!86)\d{7,15}", re.ASCII)
_OLD_ID_LENGTH = 15
_LENGTH = 18


def normalise_id(text: str) -> str:
    """Half-width, capital, without spaces and hyphens: what people paste from forms and chats."""
    return re.sub(r"[\s\-‐-―\u200b\ufeff]", "", unicodedata.normalize("NFKC", text)).upper()


def normalise_phone(text: str) -> str:
    """Half-width, without spaces; a mobile number also without +86 and hyphens."""
    compact = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    bare = re.sub(r"^(\+|00)86", "", compact).replace("-", "")
    return bare if re.fullmatch(r"1\d{10}", bare, re.ASCII) else compact


def resident_id_problem(text: str, field: str = "id_number") -> Problem | None:
    """GB 11643. Holds for residents, permits of HK, Macau and Taiwan residents, and foreign permanent residents.

    The area code is not looked up: lists of it are never complete.
    """
    number = normalise_id(text)
    if not number:
        return Problem(N_("未填身份证号"), field)
    if len(number) == _OLD_ID_LENGTH and number.isdecimal():
        return Problem(N_("15 位旧身份证号已停用，应填 18 位"), field)
    if len(number) != _LENGTH:
        return Problem(N_("身份证号应为 18 位，现为 {count} 位"), field, {"count": len(number)})
    if not re.fullmatch(r"\d{17}[\dX]", number, re.ASCII):
        return Problem(N_("身份证号前 17 位应为数字，末位为数字或 X"), field)
    if _birth_date(number) is None:
        return Problem(N_("身份证号第 7 至 14 位不是有效的出生日期"), field)
    return _last_character_problem(number, ric.calc_check_digit(number), field)


def born_on(number: str) -> date:
    """Raises ValueError when the number does not hold a date."""
    born = _birth_date(normalise_id(number))
    if born is None:
        raise ValueError("no birth date")
    return born


def sex(number: str) -> Sex:
    """The 17th digit: odd is male. Raises ValueError when the number is too short for it."""
    normal = normalise_id(number)
    if not re.fullmatch(r"\d{17}[\dX]", normal, re.ASCII):
        raise ValueError("not a resident ID number")
    return "male" if int(normal[16]) % 2 else "female"


def with_check_digit(first17: str) -> str:
    """A whole resident ID number from its first 17 digits."""
    return first17 + ric.calc_check_digit(first17 + "0")


def credit_code_problem(text: str, field: str = "credit_code") -> Problem | None:
    """GB 32100."""
    code = normalise_id(text)
    if not code:
        return Problem(N_("未填统一社会信用代码"), field)
    if len(code) != _LENGTH:
        return Problem(N_("统一社会信用代码应为 18 位，现为 {count} 位"), field, {"count": len(code)})
    for position, character in enumerate(code, start=1):
        if character not in _CREDIT_ALPHABET:
            params = {"position": position, "character": character}
            return Problem(N_("第 {position} 位的“{character}”不属于信用代码字符（无 I、O、S、V、Z）"), field, params)
    if not _CREDIT_HEAD.match(code):
        return Problem(N_("统一社会信用代码前 8 位应为登记机关、机构类别和 6 位行政区划"), field)
    return _last_character_problem(code, uscc.calc_check_digit(code), field)


def with_credit_check(first17: str) -> str:
    """A whole unified social credit code from its first 17 characters."""
    return first17 + uscc.calc_check_digit(first17)


def passport_problem(text: str, field: str = "passport") -> Problem | None:
    number = normalise_id(text)
    if not number:
        return Problem(N_("未填护照号"), field)
    if not _PASSPORT.fullmatch(number):
        return Problem(N_("护照号应为 5 至 12 位字母和数字"), field)
    return None


def occupation_code_problem(text: str, field: str = "occupation_code") -> Problem | None:
    if not _OCCUPATION.fullmatch(text):
        return Problem(N_("职业编码应形如 6-18-01-01，首位为 1 至 8"), field)
    return None


def phone_problem(text: str, field: str = "phone") -> Problem | None:
    number = normalise_phone(text)
    if not number:
        return Problem(N_("未填联系电话"), field)
    if not _PHONE.fullmatch(number):
        return Problem(N_("联系电话应为 11 位手机号，或带区号的固定电话"), field)
    return None


def _birth_date(number: str) -> date | None:
    digits = number[6:14]
    if len(number) != _LENGTH or not re.fullmatch(r"\d{8}", digits, re.ASCII):
        return None
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return born if born.year >= 1900 else None


def _last_character_problem(number: str, last: str, field: str) -> Problem | None:
    if number[-1] == last:
        return None
    return Problem(N_("校验位不符：末位应为 {last}，现为 {given}"), field, {"last": last, "given": number[-1]})

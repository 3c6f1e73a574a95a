"""What must hold of a unit, a person and a place in a pool before it is written down."""

import re
from collections.abc import Sequence
from datetime import date

import msgspec

from competition.people.identity import (
    born_on,
    credit_code_problem,
    normalise_id,
    occupation_code_problem,
    passport_problem,
    phone_problem,
    resident_id_problem,
    sex,
)
from competition.people.kinds import LEVELS, IdKind, Level, Pool, Sex, Status, UnitKind
from competition.people.pinyin import pinyin_name
from competition.problems import N_, Problem

FILLED_BY_RESULTS = (Pool.WINNER, Pool.SEEDLING)
_ACCOUNT = re.compile(r"[0-9]{8,32}", re.ASCII)


class UnitDraft(msgspec.Struct, frozen=True, kw_only=True):
    """`phone` and `account` as typed; None leaves what is on file, "" removes it."""

    name: str
    kind: str
    credit_code: str
    name_en: str = ""
    district_id: int | None = None
    in_city: bool = True
    industry: str = ""
    contact_name: str = ""
    phone: str | None = None
    bank_name: str = ""
    account_name: str = ""
    account: str | None = None
    fictitious: bool = False


class PersonDraft(msgspec.Struct, frozen=True):
    """A person as entered. From a resident ID number, an unknown `sex` ("") and `born_on` (None) are read."""

    name: str
    name_en: str
    sex: str
    born_on: date | None
    id_kind: str
    id_number: str
    phone: str
    unit_id: int | None
    status: str
    honours: str = ""
    fictitious: bool = False


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """What stands behind a judge: level, number, validity, and the occupations it covers."""

    certificate_level: str = ""
    certificate_number: str = ""
    issued_on: date | None = None
    expires_on: date | None = None
    occupations: Sequence[str] = ()
    note: str = ""


def compact_account(text: str) -> str:
    return re.sub(r"[\s-]", "", text)


def unit_problems(draft: UnitDraft, *, account_on_file: bool = False) -> list[Problem]:
    found: list[Problem | None] = [
        None if draft.name.strip() else Problem(N_("未填单位名称"), "name"),
        None if draft.kind in set(UnitKind) else Problem(N_("选择单位类别"), "kind"),
        credit_code_problem(draft.credit_code),
        phone_problem(draft.phone) if draft.phone else None,
        None if draft.district_id or not draft.in_city else Problem(N_("本市单位须选择所在区"), "district"),
        *_account_problems(draft, account_on_file),
    ]
    return [problem for problem in found if problem]


def _account_problems(draft: UnitDraft, on_file: bool) -> list[Problem]:
    if draft.account and not _ACCOUNT.fullmatch(compact_account(draft.account)):
        return [Problem(N_("银行账号应为 8 至 32 位数字"), "account")]
    if not draft.account and not (on_file and draft.account is None):
        return []
    missing = []
    if not draft.bank_name:
        missing.append(Problem(N_("有银行账号的，须填开户银行"), "bank_name"))
    if not draft.account_name:
        missing.append(Problem(N_("有银行账号的，须填户名"), "account_name"))
    return missing


def person_problems(draft: PersonDraft) -> list[Problem]:
    found: list[Problem | None] = [None if draft.name.strip() else Problem(N_("未填姓名"), "name")]
    if draft.status not in set(Status):
        found.append(Problem(N_("选择身份"), "status"))
    if draft.phone:
        found.append(phone_problem(draft.phone))
    found += _identity_problems(draft)
    return [problem for problem in found if problem]


def _identity_problems(draft: PersonDraft) -> list[Problem | None]:
    if draft.id_kind == IdKind.RESIDENT:
        wrong = resident_id_problem(draft.id_number)
        if wrong:
            return [wrong]
        found: list[Problem | None] = []
        born = born_on(draft.id_number)
        if draft.born_on and draft.born_on != born:
            found.append(Problem(N_("出生日期与身份证号不符，证件为 {day}"), "born_on", {"day": born.isoformat()}))
        if draft.sex and draft.sex != sex(draft.id_number):
            found.append(Problem(N_("性别与身份证号不符"), "sex"))
        return found
    if draft.id_kind != IdKind.PASSPORT:
        return [Problem(N_("选择证件类型"), "id_kind")]
    return [
        passport_problem(draft.id_number, "id_number"),
        None if draft.born_on else Problem(N_("用护照登记的，须填出生日期"), "born_on"),
        None if draft.sex in set(Sex) else Problem(N_("用护照登记的，须选性别"), "sex"),
    ]


def completed(draft: PersonDraft) -> PersonDraft:
    """The draft with what its ID number tells, and the spelling of its name. For a draft without problems."""
    resident = draft.id_kind == IdKind.RESIDENT
    return msgspec.structs.replace(
        draft,
        name=draft.name.strip(),
        name_en=draft.name_en.strip() or pinyin_name(draft.name.strip()),
        id_number=normalise_id(draft.id_number),
        sex=sex(draft.id_number) if resident else draft.sex,
        born_on=born_on(draft.id_number) if resident else draft.born_on,
    )


def pool_problems(pool: str, source: str, source_kind: str, certificate: Certificate) -> list[Problem]:
    """Winners and seedlings come from results, never by hand (policy 14)."""
    found = [occupation_code_problem(code, "occupations") for code in certificate.occupations]
    if pool not in set(Pool):
        found.append(Problem(N_("选择人才库"), "pool"))
    if pool in FILLED_BY_RESULTS and not source_kind:
        found.append(Problem(N_("获奖选手和青苗选手由成绩产生，不能手工入库"), "pool"))
    if not source.strip():
        found.append(Problem(N_("须写明入库依据"), "source"))
    if pool == Pool.JUDGE:
        found += _judge_certificate_problems(certificate)
    if certificate.issued_on and certificate.expires_on and certificate.expires_on <= certificate.issued_on:
        found.append(Problem(N_("失效日期应晚于发证日期"), "expires_on"))
    return [problem for problem in found if problem]


def _judge_certificate_problems(certificate: Certificate) -> list[Problem | None]:
    return [
        None if certificate.certificate_level else Problem(N_("选择裁判证书级别"), "certificate_level"),
        None if certificate.certificate_number else Problem(N_("未填裁判证书编号"), "certificate_number"),
        None if certificate.occupations else Problem(N_("至少填写一个执裁职业编码"), "occupations"),
    ]


def highest(levels: Sequence[str]) -> Level:
    """The highest of at least one level."""
    return max((Level(level) for level in levels), key=LEVELS.index)

"""No side door: everything a judge or a chief judge may open before the reveal, and everything they are refused.

Names, units and ID numbers of contestants begin with words that must not occur (LEAKS). Entries have ids so far from
any other number that they would be known anywhere, and the numbers of each layer begin apart.
"""

import io
import itertools
import re
import zipfile
from datetime import timedelta
from decimal import Decimal

import httpx
import pytest

from competition import clock
from competition.accounts.kinds import Role
from competition.app import routes
from competition.audit.write import SYSTEM, write
from competition.contests.tables import Contest
from competition.database.connection import Engine, current_engine
from competition.entries.tables import Entry
from competition.marking import service as marking
from competition.marking.kinds import AdjustmentKind, IncidentKind, Layer
from competition.marking.service import SeatDraft
from competition.marking.service.adjustments import AdjustmentDraft, adjust
from competition.marking.service.appeals import AppealDraft, file_appeal
from competition.marking.service.incidents import IncidentDraft, record_incident
from competition.marking.service.relations import declare_relation
from competition.marking.tables import Aspect, BlindNumber, Panel, PanelSeat, SchemePart, Sheet
from competition.rulebook.service import load_seeds
from competition.rulebook.tables import RuleRevision
from tests.conftest import Browser, Site
from tests.marking_stage import (
    LAYERED,
    LEAKS,
    PERSON_WORD,
    SIGNATURE,
    UNIT_WORD,
    MarkingStage,
    aspect_ids,
    check_all,
    judge_actor,
    make_judge,
    official,
    panel_of,
    seated_stage,
    sheets_of,
)

FAR = 74185200
FIRST = {Layer.CONTEST: 841, Layer.NUMBER: 741, Layer.REVIEW: 941}
LABEL = {Layer.CONTEST: r"C84\d", Layer.NUMBER: r"(?<![\w.])74\d(?![\w.])", Layer.REVIEW: r"R94\d"}
FORM_OF = dict(zip("KPR", Layer, strict=True))


async def far_entries() -> None:
    """The next entries get ids that are no other number on any page."""
    postgres = current_engine().engine_type == "postgres"
    async with write(SYSTEM) as change:
        if postgres:
            await Entry.raw("SELECT setval(pg_get_serial_sequence('entry', 'id'), {})", FAR)
        else:
            await Entry.raw("INSERT INTO sqlite_sequence (name, seq) VALUES ('entry', {})", FAR)
        await change.record("ids.moved", "entry")


async def blind_stage(*, locked: bool) -> MarkingStage:
    """A stage with everything in it that could give a contestant away."""
    await load_seeds(SYSTEM)
    await far_entries()
    stage = await seated_stage(4, 3, 1, scheme=LAYERED, layers=tuple(Layer))
    assert min(stage.entry_ids) > FAR
    for code, start in (("K", 910), ("R", 920)):
        judges = [await make_judge(start + number, stage.unit_ids[-1]) for number in range(2)]
        await marking.set_panel(SYSTEM, stage.part_ids[code], f"{code} 组", [SeatDraft(judge) for judge in judges])
    await declare_relation(SYSTEM, stage.stage_id, stage.judge_ids[1], stage.entry_ids[2], f"{PERSON_WORD}的师傅")
    for layer in Layer:
        await marking.draw_numbers(SYSTEM, stage.stage_id, f"seed of {layer}", FIRST[layer], layer)
    await _happenings(stage)
    await _marks(stage)
    if locked:
        chief = await official(Role.CHIEF_JUDGE, stage.skill_id, "徐铁军")
        await check_all(stage, await official(Role.SCORE_CLERK, stage.contest_id, "万里"))
        await marking.sign_stage(chief, stage.stage_id, SIGNATURE)
        await marking.lock_stage(chief, stage.stage_id)
    return stage


async def _happenings(stage: MarkingStage) -> None:
    """An incident, a penalty, and an appeal whose leader names the unit."""
    blind = await BlindNumber.select(BlindNumber.id).where(BlindNumber.label == "741").first()
    assert blind is not None
    now = clock.now()
    incident = IncidentDraft(blind["id"], IncidentKind.EQUIPMENT, now, "主轴停转", minutes=5, approver="裁判长")
    await record_incident(SYSTEM, stage.stage_id, incident)
    penalty = AdjustmentDraft(blind["id"], AdjustmentKind.PENALTY, Decimal(1), "超时", "裁判长")
    await adjust(SYSTEM, stage.stage_id, penalty)
    leader, late = f"{PERSON_WORD}领队（{UNIT_WORD}）", now - timedelta(hours=3)
    await file_appeal(SYSTEM, stage.stage_id, AppealDraft(blind["id"], leader, "测量有误", ended_at=late))


async def _marks(stage: MarkingStage) -> None:
    for code in FORM_OF:
        aspects = await aspect_ids(stage.stage_id, code)
        panel = await panel_of(stage.stage_id, stage.part_ids[code])
        for row in await PanelSeat.select(PanelSeat.number).where(PanelSeat.panel == panel):
            seat = row["number"]
            actor = await judge_actor(panel, seat)
            for sheet in await sheets_of(panel, seat):
                await marking.save_marks(actor, int(str(sheet["id"])), {aspects["A"]: Decimal(5 + seat) / 2})
                await marking.submit_sheet(actor, str(sheet["token"]), SIGNATURE)


async def ids_of(stage: MarkingStage) -> dict[str, list[object]]:
    """By name of a path parameter everything the address can lead to, and something that is not there."""
    contest = await Contest.select(Contest.token).where(Contest.id == stage.contest_id).first()
    rule = await RuleRevision.select(RuleRevision.id).first()
    assert contest is not None
    assert rule is not None
    found: dict[str, list[object]] = {
        "contest_id": [stage.contest_id], "skill_id": [stage.skill_id], "group_id": [stage.group_id],
        "stage_id": [stage.stage_id], "contest_token": [contest["token"]], "rule_id": [rule["id"]],
        "part_id": [row["id"] for row in await SchemePart.select(SchemePart.id)],
        "panel_id": [row["id"] for row in await Panel.select(Panel.id)],
        "blind_id": [row["id"] for row in await BlindNumber.select(BlindNumber.id)],
        "sheet_token": [row["token"] for row in await Sheet.select(Sheet.token)],
        "aspect_id": [row["id"] for row in await Aspect.select(Aspect.id)],
        "entry_id": list(stage.entry_ids), "unit_id": list(stage.unit_ids), "appeal_id": [1], "relation_id": [1],
        "adjustment_id": [1],
    }  # fmt: skip
    return {name: [*values, 999_999 if name.endswith("_id") else "nobody"] for name, values in found.items()}


def addresses(role: Role, ids: dict[str, list[object]]) -> list[str]:
    """Of every page that this role, everybody or anybody signed in may get, with each combination of ids."""
    found = []
    for handler in routes():
        if "GET" not in handler.http_methods or not {role, "public", "signed_in"} & set(handler.opt["who"]):
            continue
        for path in sorted(handler.paths):
            names = re.findall(r"\{(\w+):\w+\}", path)
            values = [ids.get(name, [1, 999_999]) for name in names]
            for chosen in itertools.product(*values):
                address = path
                for name, value in zip(names, chosen, strict=True):
                    address = re.sub(rf"\{{{name}:\w+\}}", str(value), address)
                found.append(address)
    return found


def said(answer: httpx.Response) -> str:
    """Everything an answer carries: its headers, and a workbook unpacked."""
    head = " ".join(f"{name}: {value}" for name, value in answer.headers.items())
    if answer.content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
            return head + " ".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    return head + answer.text


def leaks_in(text: str) -> list[str]:
    return [word for word in (*LEAKS, str(FAR)[:6], "seed of") if word in text]


async def walk(browser: Browser, paths: list[str]) -> dict[str, str]:
    """What every address says, in both languages."""
    return {
        f"{path} {lang}": said(await browser.get(path, params={"lang": lang}))
        for path in paths
        for lang in ("zh-CN", "en")
    }


async def seat_browser(site: Site, stage: MarkingStage, code: str = "P", seat: int = 1) -> Browser:
    actor = await judge_actor(await panel_of(stage.stage_id, stage.part_ids[code]), seat)
    assert actor.user_id is not None
    return await site.sign_in_as(actor.user_id)


STATES = pytest.mark.parametrize("locked", [False, True], ids=["marking", "locked"])


@STATES
async def test_no_page_a_judge_may_open_gives_a_contestant_away(site: Site, locked: bool) -> None:
    stage = await blind_stage(locked=locked)
    pages = await walk(await seat_browser(site, stage), addresses(Role.JUDGE, await ids_of(stage)))
    assert {path: found for path, text in pages.items() if (found := leaks_in(text))} == {}
    own = [path for path, text in pages.items() if re.search(LABEL[Layer.NUMBER], text)]
    assert len(own) > 5  # the walk did come to the sheets


def joined(text: str) -> list[str]:
    """Rows of tables, lists and drawings that hold numbers of two layers: of one work, for all a reader knows."""
    found = []
    for piece in re.split(r"<(?:tr|li|dd|option|row|article)\b", text):
        row = re.sub(r"</(?:tr|li|dd|option|row|article)>.*", "", piece, flags=re.DOTALL)
        if sum(bool(re.search(pattern, row)) for pattern in LABEL.values()) > 1:
            found.append(row)
    return found


@STATES
async def test_no_page_a_chief_judge_may_open_gives_a_contestant_away(site: Site, locked: bool) -> None:
    """Neither by a word, nor by two numbers of one work that stand side by side."""
    stage = await blind_stage(locked=locked)
    chief = await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id)
    pages = await walk(chief, addresses(Role.CHIEF_JUDGE, await ids_of(stage)))
    assert {path: found for path, text in pages.items() if (found := leaks_in(text))} == {}
    assert {path: found for path, text in pages.items() if (found := joined(text))} == {}
    room = pages[f"/stages/{stage.stage_id}/room zh-CN"]
    assert [bool(re.search(pattern, room)) for pattern in LABEL.values()] == [True, True, True]


async def test_who_may_read_names_and_pairs_of_numbers_finds_them(site: Site) -> None:
    """What the walks look for is there: a search that cannot find anything would prove nothing."""
    stage = await blind_stage(locked=False)
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    pages = await walk(organiser, [f"/stages/{stage.stage_id}/roster", f"/stages/{stage.stage_id}/relations"])
    assert {word for text in pages.values() for word in leaks_in(text)} >= {*LEAKS[:4], str(FAR)[:6]}
    encryption = await site.sign_in(Role.ENCRYPTION_JUDGE, stage.contest_id)
    pairs = await encryption.submit(f"/stages/{stage.stage_id}/draw/list", layer="number")
    assert len(joined(pairs.text)) == 4


async def test_no_answer_to_what_a_judge_sends_gives_a_contestant_away(site: Site) -> None:
    stage = await blind_stage(locked=False)
    judge = await seat_browser(site, stage)
    aspect = (await aspect_ids(stage.stage_id))["A"]
    tokens = [row["token"] for row in await Sheet.select(Sheet.token)]
    answers = []
    for token in [*tokens, "nobody"]:
        for value, seen in (("3", "0"), ("99", "1"), ("x", "1"), ("", "7")):
            headers = {
                "X-CSRF-Token": judge.csrf,
                "If-Match": seen,
                "Idempotency-Key": f"key-{token[:12]}-{seen}-{value}0",
            }
            answers.append(await judge.put(f"/sheets/{token}/marks/{aspect}", data={"value": value}, headers=headers))
        answers.append(await judge.submit(f"/sheets/{token}/submission", signature=SIGNATURE, seen="1:1"))
        answers.append(await judge.submit(f"/sheets/{token}/recusal", reason=""))
        answers.append(await judge.submit(f"/sheets/{token}/tablet", device="tablet-0001"))
        answers.append(await judge.get(f"/sheets/{token}/tablet", params={"device": "tablet-0002"}))
    assert {answer.status_code for answer in answers} >= {403, 404, 422, 423}
    assert [(str(answer.url), found) for answer in answers if (found := leaks_in(said(answer)))] == []


@pytest.mark.parametrize("role", [Role.JUDGE, Role.CHIEF_JUDGE])
async def test_what_a_judge_is_refused_says_nothing_either(site: Site, role: Role) -> None:
    """Every page of the house that is not theirs, opened with real ids."""
    stage = await blind_stage(locked=False)
    chief = await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id)
    browser = chief if role == Role.CHIEF_JUDGE else await seat_browser(site, stage)
    ids = await ids_of(stage)
    mine = set(addresses(role, ids))
    others = [path for each in Role for path in addresses(each, ids) if path not in mine]
    told = {}
    for path in dict.fromkeys(others):
        answer = await browser.get(path)
        assert answer.status_code in (303, 403, 404), (path, answer.status_code)
        if found := leaks_in(said(answer).replace(path, "its own address")):
            told[path] = found
    assert told == {}
    assert len(others) > 100


@pytest.mark.parametrize("code", list(FORM_OF))
async def test_a_judge_of_one_layer_meets_the_numbers_of_no_other(site: Site, code: str) -> None:
    """One judge of one form: the numbers that judges of the other forms see are nowhere, in no refusal either."""
    stage = await blind_stage(locked=False)
    part = stage.part_ids[code]
    panel = await panel_of(stage.stage_id, part)
    judge = await seat_browser(site, stage, code)
    own = [str(sheet["token"]) for sheet in await sheets_of(panel)]
    elsewhere = await Sheet.select(Sheet.token).where(Sheet.part != part)
    mine = await walk(judge, [f"/sheets/{token}" for token in own])
    theirs = await walk(judge, [f"/sheets/{row['token']}" for row in elsewhere if row["token"] not in own])
    found = {layer for text in mine.values() for layer in Layer if re.search(LABEL[layer], text)}
    assert found == {FORM_OF[code]}
    seats = await PanelSeat.select(PanelSeat.account).where(PanelSeat.panel == panel)
    assert len({row["account"] for row in seats}) == len(seats)
    assert {layer for text in theirs.values() for layer in Layer if re.search(LABEL[layer], text)} == set()


# Order and ids


async def test_ids_stand_in_the_order_of_the_lots_and_not_of_the_entries(database: Engine) -> None:
    stage = await seated_stage(12, 2, scheme=LAYERED, layers=tuple(Layer))
    for layer in Layer:
        await marking.draw_numbers(SYSTEM, stage.stage_id, f"seed of {layer}", layer=layer)
    orders = []
    for layer in Layer:
        rows = (
            await BlindNumber.select(BlindNumber.number, BlindNumber.entry)
            .where(BlindNumber.draw.layer == layer.value)
            .order_by(BlindNumber.id)
        )
        assert [row["number"] for row in rows] == list(range(1, 13))
        orders.append([row["entry"] for row in rows])
        sheets = (
            await Sheet.select(Sheet.blind.number.as_alias("number"))
            .where(Sheet.part == stage.part_ids[next(code for code, of in FORM_OF.items() if of == layer)])
            .order_by(Sheet.id)
        )
        assert [row["number"] for row in sheets] == sorted(row["number"] for row in sheets)
    entered = list(stage.entry_ids)
    for one, other in itertools.combinations([entered, entered[::-1], *orders], 2):
        assert sum(a == b for a, b in zip(one, other, strict=True)) < 5


async def test_the_sheets_of_two_layers_are_not_made_contestant_by_contestant(database: Engine) -> None:
    """Contest and station forms are handed out in one draw: neighbouring ids must not be the same contestant's."""
    stage = await seated_stage(6, 1, scheme=LAYERED, layers=tuple(Layer))
    for layer in (Layer.CONTEST, Layer.NUMBER):
        await marking.draw_numbers(SYSTEM, stage.stage_id, f"seed of {layer}", layer=layer)
    rows = await Sheet.select(Sheet.part).order_by(Sheet.id)
    assert [row["part"] for row in rows] == [stage.part_ids["K"]] * 6 + [stage.part_ids["P"]] * 6


async def test_tokens_tell_nothing_of_the_order(database: Engine) -> None:
    await blind_stage(locked=False)
    tokens = [row["token"] for row in await Sheet.select(Sheet.token).order_by(Sheet.id)]
    assert {len(token) for token in tokens} == {22}
    assert len({token[:6] for token in tokens}) == len(tokens)
    assert tokens not in (sorted(tokens), sorted(tokens, reverse=True))

"""Marking at the HTTP border: whose sheet, what is refused, what is kept, what never leaks."""

import asyncio
import uuid
from decimal import Decimal

import httpx
import pytest

from competition.accounts.kinds import Role
from competition.audit.tables import AuditRecord
from competition.audit.write import SYSTEM, write
from competition.database.connection import current_engine
from competition.marking import service as marking
from competition.marking.tables import BlindNumber, Mark, PanelSeat, Sheet
from competition.people.tables import Person, Unit
from tests.conftest import Browser, Site
from tests.marking_stage import (
    LEAKS,
    SIGNATURE,
    MarkingStage,
    aspect_ids,
    drawn_stage,
    judge_actor,
    sheets_of,
)


async def seat_browser(site: Site, stage: MarkingStage, number: int = 1) -> Browser:
    actor = await judge_actor(stage.panel_id, number)
    assert actor.user_id is not None
    return await site.sign_in_as(actor.user_id)


async def put(
    browser: Browser, token: object, aspect: int, value: str | None, *, seen: int | str = 0, key: str = ""
) -> httpx.Response:
    """One mark as the tablet sends it; None clears."""
    headers = {"X-CSRF-Token": browser.csrf, "If-Match": f'"{seen}"', "Idempotency-Key": key or str(uuid.uuid4())}
    data = {"clear": "1"} if value is None else {"value": value}
    return await browser.put(f"/sheets/{token}/marks/{aspect}", data=data, headers=headers)


async def marks_of(token: object) -> list[dict[str, object]]:
    return await Mark.select(Mark.number, Mark.value, Mark.current).where(Mark.sheet.token == token).order_by(Mark.id)


class Tablet:
    """A judge's browser on the first sheet of the seat."""

    def __init__(self, browser: Browser, token: str, aspects: dict[str, int]) -> None:
        self.browser = browser
        self.token = token
        self.aspects = aspects

    async def mark(self, code: str, value: str | None, **more: int | str) -> httpx.Response:
        return await put(self.browser, self.token, self.aspects[code], value, **more)  # type: ignore[arg-type]  # seen, key

    async def mark_every(self) -> dict[str, int]:
        for code, value in {"A": "20", "B": "20", "C": "30"}.items():
            assert (await self.mark(code, value)).status_code == 200
        return {f"{aspect}": 1 for aspect in self.aspects.values()}

    async def submit(self, signature: str = SIGNATURE, seen: dict[str, int] | None = None) -> httpx.Response:
        pairs = seen if seen is not None else {str(aspect): 1 for aspect in self.aspects.values()}
        return await self.browser.post(
            f"/sheets/{self.token}/submission",
            data={"signature": signature, "seen": [f"{aspect}:{number}" for aspect, number in pairs.items()]},
            headers={"X-CSRF-Token": self.browser.csrf},
        )


async def tablet(site: Site, stage: MarkingStage, number: int = 1, place: int = 0) -> Tablet:
    sheets = await sheets_of(stage.panel_id, number)
    return Tablet(
        await seat_browser(site, stage, number), str(sheets[place]["token"]), await aspect_ids(stage.stage_id)
    )


# Saving


async def test_a_mark_is_saved_and_answered_with_its_revision(site: Site) -> None:
    desk = await tablet(site, await drawn_stage())
    answer = await desk.mark("A", "26.5")
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in ("number", "value")} == {"number": 1, "value": "26.5"}
    assert await marks_of(desk.token) == [{"number": 1, "value": 265000, "current": True}]


@pytest.mark.parametrize("value", ["0", "0.5", "30", "7.50"])
async def test_zero_and_the_edges_are_marks(site: Site, value: str) -> None:
    desk = await tablet(site, await drawn_stage(2))
    assert (await desk.mark("A", value)).status_code == 200


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("30.5", "30.5 超过满分 30"),
        ("20.3", "20.3 不合步长 0.5，相邻分值为 20 和 20.5"),
        ("9,5", "小数点须用“.”，不用逗号；应为 0–30"),
        ("", "未录分；应为 0–30，0 分须录入 0"),
        ("９", "数字和小数点须用半角；应为 0–30"),
        ("-1", "分值不带正负号；应为 0–30"),
        ("1e1", "不用科学记数法；应为 0–30"),
        ("NaN", "“NaN”不是分值；应为 0–30"),
        ("20.", "“20.”不是完整的数；应为 0–30，步长 0.5"),
        ("0.00001", "最多 4 位小数；应为 0–30，步长 0.5"),
        ("9" * 400, "99999999999999999999 超过满分 30"),
    ],
)
async def test_what_is_no_mark_is_refused_with_its_limit_and_nothing_is_written(
    site: Site, value: str, said: str
) -> None:
    desk = await tablet(site, await drawn_stage(2))
    answer = await desk.mark("A", value)
    assert (answer.status_code, answer.json()["problem"]) == (422, said)
    assert await marks_of(desk.token) == []


async def test_a_new_value_is_a_revision_and_the_old_one_stays(site: Site) -> None:
    desk = await tablet(site, await drawn_stage(2))
    await desk.mark("A", "10")
    assert (await desk.mark("A", "11", seen=1)).json()["number"] == 2
    assert await marks_of(desk.token) == [
        {"number": 1, "value": 100000, "current": False},
        {"number": 2, "value": 110000, "current": True},
    ]


async def test_clearing_goes_back_to_missing_not_to_zero(site: Site) -> None:
    desk = await tablet(site, await drawn_stage(2))
    await desk.mark("A", "10")
    answer = await desk.mark("A", None, seen=1)
    assert (answer.status_code, answer.json()["value"]) == (200, None)
    assert (await marks_of(desk.token))[-1] == {"number": 2, "value": None, "current": True}


async def test_a_repeated_key_is_answered_alike_and_saved_once(site: Site) -> None:
    desk = await tablet(site, await drawn_stage(2))
    first = await desk.mark("A", "10", key="same-key-1")
    second = await desk.mark("A", "10", key="same-key-1")
    assert (second.status_code, second.json()) == (200, first.json())
    assert len(await marks_of(desk.token)) == 1


async def test_a_repeated_key_is_answered_alike_after_later_revisions(site: Site) -> None:
    desk = await tablet(site, await drawn_stage(2))
    first = await desk.mark("A", "10", key="same-key-1")
    await desk.mark("A", "12", seen=1)
    assert (await desk.mark("A", "10", key="same-key-1")).json() == first.json()
    assert [row["value"] for row in await marks_of(desk.token)] == [100000, 120000]


async def test_a_key_used_for_another_mark_is_refused(site: Site) -> None:
    desk = await tablet(site, await drawn_stage(2))
    await desk.mark("A", "10", key="same-key-1")
    assert (await desk.mark("B", "10", key="same-key-1")).status_code == 422
    assert len(await marks_of(desk.token)) == 1


async def test_a_mark_that_changed_meanwhile_is_a_conflict_with_both_values(site: Site) -> None:
    stage = await drawn_stage(2)
    desk = await tablet(site, stage)
    await desk.mark("A", "16.5")
    answer = await desk.mark("A", "17")
    actor = await judge_actor(stage.panel_id)
    assert answer.status_code == 409
    theirs = answer.json()["theirs"]
    assert {name: theirs[name] for name in ("number", "value", "who")} == {
        "number": 1, "value": "16.5", "who": actor.name,
    }  # fmt: skip
    assert [row["value"] for row in await marks_of(desk.token)] == [165000]


async def test_the_value_that_lost_leaves_a_trace(site: Site) -> None:
    desk = await tablet(site, await drawn_stage(2))
    await desk.mark("A", "16.5")
    await desk.mark("A", "17")
    rows = await AuditRecord.select(AuditRecord.detail).where(AuditRecord.action == "mark.conflict")
    assert ['"offered":"17"' in row["detail"] for row in rows] == [True]


@pytest.mark.parametrize("missing", ["If-Match", "Idempotency-Key"])
async def test_a_save_that_does_not_say_what_it_saw_is_refused(site: Site, missing: str) -> None:
    desk = await tablet(site, await drawn_stage(2))
    headers = {"X-CSRF-Token": desk.browser.csrf, "If-Match": "0", "Idempotency-Key": "12345678"}
    del headers[missing]
    address = f"/sheets/{desk.token}/marks/{desk.aspects['A']}"
    assert (await desk.browser.put(address, data={"value": "1"}, headers=headers)).status_code == 428


async def test_two_saves_at_once_end_as_one_win_and_one_conflict(site: Site) -> None:
    desk = await tablet(site, await drawn_stage(2))
    answers = await asyncio.gather(desk.mark("A", "10"), desk.mark("A", "11"))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(await marks_of(desk.token)) == 1


async def test_a_double_tap_at_once_is_saved_once(site: Site) -> None:
    desk = await tablet(site, await drawn_stage(2))
    answers = await asyncio.gather(*[desk.mark("A", "10", key="same-key-1") for _ in range(5)])
    assert {answer.status_code for answer in answers} == {200}
    assert len(await marks_of(desk.token)) == 1


async def test_the_hot_path_asks_few_queries(site: Site) -> None:
    desk = await tablet(site, await drawn_stage(2))
    await desk.mark("A", "10")
    before = current_engine().queries
    await desk.mark("A", "11", seen=1)
    # session, grants, scopes, sheet, aspect; hold, aspect again, retire, insert, audit
    assert current_engine().queries - before == 10


# Whose sheet


async def test_another_judge_of_the_panel_cannot_touch_or_see_the_sheet(site: Site) -> None:
    stage = await drawn_stage(2)
    desk = await tablet(site, stage)
    stranger = await seat_browser(site, stage, 2)
    assert (await put(stranger, desk.token, desk.aspects["A"], "10")).status_code == 404
    assert (await stranger.get(f"/sheets/{desk.token}")).status_code == 404
    assert (await stranger.submit(f"/sheets/{desk.token}/submission", signature=SIGNATURE)).status_code == 404
    assert (await stranger.submit(f"/sheets/{desk.token}/recusal", reason="同单位")).status_code == 404


async def test_a_judge_of_another_panel_is_shut_out(site: Site) -> None:
    stage = await drawn_stage(2)
    desk = await tablet(site, stage)
    stranger = await site.sign_in(Role.JUDGE, stage.panel_id + 1)
    assert (await put(stranger, desk.token, desk.aspects["A"], "10")).status_code == 403


@pytest.mark.parametrize("role", [Role.BUREAU, Role.ORGANISER, Role.CHIEF_JUDGE, Role.SCORE_CLERK])
async def test_nobody_but_the_judge_saves_a_mark(site: Site, role: Role) -> None:
    stage = await drawn_stage(2)
    desk = await tablet(site, stage)
    scope = {Role.BUREAU: 0, Role.CHIEF_JUDGE: stage.skill_id}.get(role, stage.contest_id)
    assert (await put(await site.sign_in(role, scope), desk.token, desk.aspects["A"], "10")).status_code == 403


async def test_a_mark_needs_the_sessions_csrf_token(site: Site) -> None:
    desk = await tablet(site, await drawn_stage(2))
    headers = {"If-Match": "0", "Idempotency-Key": "12345678"}
    address = f"/sheets/{desk.token}/marks/{desk.aspects['A']}"
    assert (await desk.browser.put(address, data={"value": "1"}, headers=headers)).status_code == 403


async def test_an_aspect_of_another_part_is_unknown(site: Site) -> None:
    desk = await tablet(site, await drawn_stage(2))
    assert (await put(desk.browser, desk.token, 999999, "10")).status_code == 404


# Handing in


async def test_a_sheet_is_handed_in_once_and_read_only_after(site: Site) -> None:
    desk = await tablet(site, await drawn_stage(2))
    await desk.mark_every()
    assert (await desk.submit()).status_code == 200
    assert (await desk.mark("A", "1", seen=1)).status_code == 423
    assert (await desk.submit("M1 1L2 2L3 3L4 4")).status_code == 423
    assert "提交评分表" not in (await desk.browser.get(f"/sheets/{desk.token}")).text


async def test_handing_in_again_with_the_same_signature_gives_the_same_receipt(site: Site) -> None:
    desk = await tablet(site, await drawn_stage(2))
    await desk.mark_every()
    first = await desk.submit()
    assert (await desk.submit()).json() == first.json()


async def test_a_sheet_with_a_missing_mark_is_not_handed_in(site: Site) -> None:
    desk = await tablet(site, await drawn_stage(2))
    await desk.mark("A", "0")
    await desk.mark("B", "20")
    await desk.mark("B", None, seen=1)
    answer = await desk.submit()
    assert (answer.status_code, answer.json()["problem"]) == (422, "未录 2 项：B、C；录齐后才能提交")


async def test_what_is_signed_is_what_was_read_back(site: Site) -> None:
    desk = await tablet(site, await drawn_stage(2))
    seen = await desk.mark_every()
    await desk.mark("A", "21", seen=1)
    assert (await desk.submit(seen=seen)).status_code == 409


@pytest.mark.parametrize("signature", ["", "M1 1L2 2", "好", "<path d='M0 0'/>" * 20])
async def test_a_sheet_needs_a_signature(site: Site, signature: str) -> None:
    desk = await tablet(site, await drawn_stage(2))
    await desk.mark_every()
    assert (await desk.submit(signature)).status_code == 422


async def test_a_judge_who_cannot_draw_signs_in_words(site: Site) -> None:
    desk = await tablet(site, await drawn_stage(2))
    await desk.mark_every()
    assert (await desk.submit("裁判长当面确认，右手受伤")).status_code == 200
    assert "右手受伤" in (await desk.browser.get(f"/sheets/{desk.token}")).text


async def test_a_mark_and_the_hand_in_at_once_never_both_succeed(site: Site) -> None:
    desk = await tablet(site, await drawn_stage(1))
    seen = await desk.mark_every()
    submitted, marked = await asyncio.gather(desk.submit(seen=seen), desk.mark("A", "21", seen=1))
    assert (submitted.status_code, marked.status_code) in [(200, 423), (409, 200)]


# Recusal


async def test_a_recused_judges_sheet_goes_to_the_substitute(site: Site) -> None:
    stage = await drawn_stage(2, 5, substitutes=1)
    desk = await tablet(site, stage)
    [label] = [sheet["label"] for sheet in await sheets_of(stage.panel_id, 1) if sheet["token"] == desk.token]
    await desk.browser.submit(f"/sheets/{desk.token}/recusal", reason="与选手同单位")
    assert [sheet["label"] for sheet in await sheets_of(stage.panel_id, 6)] == [label]
    assert (await desk.browser.get(f"/sheets/{desk.token}")).status_code == 404
    row = await Sheet.select(Sheet.state, Sheet.counts).where(Sheet.token == desk.token).first()
    assert row == {"state": "void", "counts": False}


async def test_a_judge_who_has_marked_clears_first(site: Site) -> None:
    stage = await drawn_stage(2, 5, substitutes=1)
    desk = await tablet(site, stage)
    await desk.mark("A", "10")
    await desk.browser.submit(f"/sheets/{desk.token}/recusal", reason="与选手同单位")
    assert await sheets_of(stage.panel_id, 6) == []
    await desk.mark("A", None, seen=1)
    await desk.browser.submit(f"/sheets/{desk.token}/recusal", reason="与选手同单位")
    assert len(await sheets_of(stage.panel_id, 6)) == 1


# Leaks


async def test_no_page_or_answer_of_a_judge_names_a_contestant(site: Site) -> None:
    stage = await drawn_stage(3, 5, substitutes=1, coached=True)
    desk = await tablet(site, stage, 2)
    read = [(await desk.browser.get("/judge")).text, (await desk.browser.get(f"/sheets/{desk.token}")).text]
    read.append((await desk.mark("A", "10")).text)
    read.append((await desk.mark("A", "12")).text)
    read.append((await desk.mark("A", "99")).text)
    await desk.mark("B", "20")
    await desk.mark("C", "20")
    read.append((await desk.submit()).text)
    read.append((await desk.mark("A", "1", seen=1)).text)
    read.append((await desk.browser.get(f"/sheets/{desk.token}")).text)
    assert [word for text in read for word in LEAKS if word in text] == []


async def test_the_room_names_no_contestant_before_the_reveal(site: Site) -> None:
    stage = await drawn_stage(3, 5)
    chief = await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id)
    first = await BlindNumber.select(BlindNumber.id).where(BlindNumber.label == "001").first() or {}
    room = f"/stages/{stage.stage_id}/room"
    pages = [room, f"{room}/live", f"/numbers/{first['id']}", "/rooms"]
    texts = [(await chief.get(page)).text for page in pages]
    assert ["001" in text for text in texts[:3]] == [True, True, True]
    assert [word for text in texts for word in LEAKS if word in text] == []


async def test_the_list_of_names_is_for_the_encryption_judge_and_logged(site: Site) -> None:
    stage = await drawn_stage(2)
    address = f"/stages/{stage.stage_id}/draw/list"
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    encryption = await site.sign_in(Role.ENCRYPTION_JUDGE, stage.contest_id)
    assert (await organiser.submit(address)).status_code == 403
    assert LEAKS[1] in (await encryption.submit(address)).text
    assert await AuditRecord.count().where(AuditRecord.action == "draw.list_read") == 1


async def test_who_imports_scores_by_name_sees_no_totals_by_number(site: Site) -> None:
    stage = await drawn_stage(2)
    clerk = await site.sign_in(Role.SCORE_CLERK, stage.contest_id)
    chief = await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id)
    address = f"/stages/{stage.stage_id}/room"
    assert "合计</th>" in (await chief.get(address)).text
    assert "合计</th>" not in (await clerk.get(address)).text


async def test_a_judge_sees_no_other_judges_marks(site: Site) -> None:
    stage = await drawn_stage(2)
    one, two = await tablet(site, stage, 1), await tablet(site, stage, 2)
    await one.mark("A", "17.5")
    assert "17.5" not in (await two.browser.get(f"/sheets/{two.token}")).text


# Lists cost the same however long


async def test_the_judges_list_and_the_room_cost_the_same_for_two_and_thirty(site: Site) -> None:
    costs = []
    for contestants in (2, 30):
        if costs:
            site = await _fresh(site)
        stage = await drawn_stage(contestants)
        judge = await seat_browser(site, stage)
        chief = await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id)
        cost = []
        for browser, page in ((judge, "/judge"), (chief, f"/stages/{stage.stage_id}/room")):
            before = current_engine().queries
            assert (await browser.get(page)).status_code == 200
            cost.append(current_engine().queries - before)
        costs.append(cost)
    assert costs[0] == costs[1]


async def _fresh(site: Site) -> Site:
    """Another contest beside the first would share its units: names and ID numbers start again in an empty table."""
    async with write(SYSTEM) as change:
        for table, column in ((Person, Person.id_digest), (Unit, Unit.credit_code)):
            for row in await table.select(table.id):
                await table.update({column: f"moved-{row['id']}"}).where(table.id == row["id"])
        await change.record("test.moved", "person")
    return site


async def test_an_unchanged_room_is_not_sent_again(site: Site) -> None:
    stage = await drawn_stage(2)
    chief = await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id)
    address = f"/stages/{stage.stage_id}/room/live"
    tag = (await chief.get(address)).headers["etag"]
    assert (await chief.get(address, headers={"If-None-Match": tag})).status_code == 304
    desk = await tablet(site, stage)
    await desk.mark("A", "10")
    assert (await chief.get(address, headers={"If-None-Match": tag})).status_code == 200


# The sign-in codes


async def test_a_judge_signs_in_by_the_code_on_the_card(site: Site) -> None:
    stage = await drawn_stage(2)
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    seat = await PanelSeat.select(PanelSeat.id).where(PanelSeat.panel == stage.panel_id).order_by(PanelSeat.id).first()
    assert seat is not None
    page = await organiser.submit(f"/stages/{stage.stage_id}/codes", seat=str(seat["id"]))
    assert (page.status_code, page.text.count('class="qr"')) == (200, 1)


async def test_an_imported_score_is_typed_in_and_checked_at_its_field(site: Site) -> None:
    stage = await drawn_stage(2)
    clerk = await site.sign_in(Role.SCORE_CLERK, stage.contest_id)
    address = f"/parts/{stage.part_ids['T']}/scores"
    first, second = stage.entry_ids
    answer = await clerk.submit(address, **{f"score-{first}": "88.5", f"score-{second}": "101"})
    assert (answer.status_code, "101 超过满分 100" in answer.text) == (422, True)
    assert (await clerk.submit(address, **{f"score-{first}": "88.5"})).status_code == 303
    scores = {row.entry_id: row.parts["T"] for row in await marking.entry_scores(stage.stage_id)}
    assert scores == {first: Decimal("88.5"), second: None}

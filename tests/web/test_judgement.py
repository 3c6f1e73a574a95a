"""WorldSkills forms on the tablet: what each calculation earns, panels too far apart, two tablets on one sheet."""

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import httpx
import msgspec
import pytest

from competition import clock
from competition.accounts.kinds import Role
from competition.audit.tables import AuditRecord
from competition.audit.write import SYSTEM, write
from competition.database.connection import current_engine
from competition.marking import service as marking
from competition.marking.tables import Aspect, Mark, Sheet
from competition.problems import Refused
from tests.conftest import Browser, Site
from tests.judged_stage import SCHEME, in_order, judged_stage, rescore_of
from tests.marking_stage import LEAKS, SIGNATURE, MarkingStage, aspect_ids, judge_actor, official, sheets_of
from tests.web.test_marking import Tablet, put, seat_browser

JUDGED, MEASURED = "A1.J", "A1.M"


class Form:
    """The judges of one form, each with a tablet, on the sheets of one work."""

    def __init__(self, site: Site, stage: MarkingStage, panel: int, aspects: dict[str, int]) -> None:
        self.site, self.stage, self.panel, self.aspects = site, stage, panel, aspects

    async def desk(self, seat: int, place: int = 0) -> Tablet:
        sheets = await sheets_of(self.panel, seat)
        stage = msgspec.structs.replace(self.stage, panel_id=self.panel)
        return Tablet(await seat_browser(self.site, stage, seat), str(sheets[place]["token"]), self.aspects)

    async def mark(self, seat: int, values: Sequence[str]) -> Tablet:
        """Enter a value for every aspect, over what was entered before."""
        desk = await self.desk(seat)
        for aspect, value in in_order(self.aspects, values).items():
            answer = await put(desk.browser, desk.token, aspect, value, seen=await revision(desk.token, aspect))
            assert answer.status_code == 200, answer.text
        return desk

    async def hand_in(self, seat: int, values: Sequence[str]) -> httpx.Response:
        desk = await self.mark(seat, values)
        return await submit(desk)

    async def states(self) -> list[str]:
        rows = await Sheet.select(Sheet.state).where(Sheet.seat.panel == self.panel).order_by(Sheet.id)
        return [row["state"] for row in rows]


async def revision(token: str, aspect: int) -> int:
    row = (
        await Mark.select(Mark.number)
        .where((Mark.sheet.token == token) & (Mark.aspect == aspect) & Mark.current.eq(True))
        .first()
    )
    return row["number"] if row else 0


async def submit(desk: Tablet) -> httpx.Response:
    return await desk.submit(seen={str(aspect): await revision(desk.token, aspect) for aspect in desk.aspects.values()})


async def form(site: Site, code: str = JUDGED, **more: int | bool) -> Form:
    stage, panels = await judged_stage(**more)  # type: ignore[arg-type]  # passed through
    return Form(site, stage, panels[code], await aspect_ids(stage.stage_id, code))


# Entering


@pytest.mark.parametrize("value", ["0", "1", "2", "3"])
async def test_a_judgement_is_saved_as_its_score_and_earns_nothing_yet(site: Site, value: str) -> None:
    desk = await (await form(site)).desk(1)
    answer = await desk.mark("A1.01", value)
    assert (answer.status_code, answer.json()["value"], answer.json()["earned"]) == (200, value, None)


@pytest.mark.parametrize(
    ("code", "value", "earned"),
    [
        ("A1.11", "0.5", "0.50"),
        ("A1.11", "0", "0.00"),
        ("A1.12", "0.75", "0.75"),
        ("A1.13", "1", "1.00"),
        ("A1.13", "0", "0.00"),
        ("A1.14", "5", "1.25"),  # 5 of 6 steps of 1.50
        ("A1.14", "0", "0.00"),
        ("A1.15", "1", "1.00"),
        ("A1.15", "2", "0.70"),
        ("A1.15", "3", "0.20"),
        ("A1.16", "1.5", "1.00"),
        ("A1.16", "1.7", "0.60"),
        ("A1.16", "3", "0.30"),
        ("A1.16", "3.1", "0.00"),
        ("A1.16", "1.55", "0.00"),  # between two bands
        ("A1.17", "120.5", "2.00"),  # within the tolerance
        ("A1.17", "120.6", "1.60"),  # one interval of 0.5 begun
        ("A1.17", "121", "1.60"),
        ("A1.17", "118.9", "1.20"),  # 1.1 away, two begun
        ("A1.17", "130", "0.00"),  # never below 0
    ],
)
async def test_a_measurement_is_answered_with_the_mark_it_earns(site: Site, code: str, value: str, earned: str) -> None:
    desk = await (await form(site, MEASURED)).desk(1)
    answer = await desk.mark(code, value)
    assert (answer.status_code, answer.json()["value"], answer.json()["earned"]) == (200, value, earned)
    page = (await desk.browser.get(f"/sheets/{desk.token}")).text
    assert f'data-earned="{earned}"' in page


@pytest.mark.parametrize(
    ("form_code", "code", "value", "said"),
    [
        (JUDGED, "A1.01", "4", "4 超过满分 3"),
        (JUDGED, "A1.01", "1.5", "1.5 不合步长 1，相邻分值为 1 和 2"),
        (JUDGED, "A1.01", "", "未录分；应为 0–3，0 分须录入 0"),
        (MEASURED, "A1.11", "0.25", "0.25 不合步长 0.5，相邻分值为 0 和 0.5"),
        (MEASURED, "A1.12", "0.3", "0.3 不合步长 0.25，相邻分值为 0.25 和 0.5"),
        (MEASURED, "A1.13", "2", "只能是 1（是）或 0（否）"),
        (MEASURED, "A1.14", "7", "应为 0–6 的整数"),
        (MEASURED, "A1.14", "2.5", "应为 0–6 的整数"),
        (MEASURED, "A1.15", "0", "应为第 1–3 项"),
        (MEASURED, "A1.15", "4", "应为第 1–3 项"),
        (MEASURED, "A1.16", "-1", "分值不带正负号；应为 0–100000"),
        (MEASURED, "A1.17", "120,5", "小数点须用“.”，不用逗号；应为 0–100000"),
    ],
)
async def test_what_cannot_be_entered_is_refused_and_nothing_is_written(
    site: Site, form_code: str, code: str, value: str, said: str
) -> None:
    desk = await (await form(site, form_code)).desk(1)
    answer = await desk.mark(code, value)
    assert (answer.status_code, answer.json()["problem"]) == (422, said)
    assert await Mark.count() == 0


async def test_clearing_a_zero_is_missing_again_and_earns_nothing(site: Site) -> None:
    desk = await (await form(site, MEASURED)).desk(1)
    await desk.mark("A1.14", "0")
    answer = await desk.mark("A1.14", None, seen=1)
    assert (answer.json()["value"], answer.json()["earned"]) == (None, None)


async def test_the_saving_of_a_measurement_asks_no_more_than_any_other(site: Site) -> None:
    desk = await (await form(site, MEASURED)).desk(1)
    await desk.mark("A1.17", "120")
    before = current_engine().queries
    await desk.mark("A1.17", "121", seen=1)
    assert current_engine().queries - before == 10


async def test_each_score_of_a_judgement_carries_its_own_text(site: Site) -> None:
    desk = await (await form(site)).desk(1)
    page = (await desk.browser.get(f"/sheets/{desk.token}")).text
    assert [text in page for text in ("断续或严重不均", "看不出接头", "自然光下目视，距离 300 mm")] == [True] * 3
    assert page.count('type="radio"') == 4 * 3


MEASUREMENTS = ("0.5", "0.75", "1", "5", "2", "1.7", "120.6")  # earn 0.50 0.75 1.00 1.25 0.70 0.60 1.60


async def test_the_sum_of_a_measurement_is_what_the_entries_earn(site: Site) -> None:
    measured = await form(site, MEASURED, judges=1)
    desk = await measured.mark(1, MEASUREMENTS)
    page = (await desk.browser.get(f"/sheets/{desk.token}")).text
    assert '<td class="num" data-read="sum">6.40</td>' in page
    await desk.mark("A1.14", None, seen=1)
    page = (await desk.browser.get(f"/sheets/{desk.token}")).text
    assert '<td class="num" data-read="sum">—</td>' in page


async def test_a_judgement_is_read_back_without_a_total(site: Site) -> None:
    judged = await form(site)
    desk = await judged.mark(1, ["1", "2", "3"])
    page = (await desk.browser.get(f"/sheets/{desk.token}")).text
    assert 'data-read="sum"' not in page
    assert page.count("data-read=") == 3


# Judges too far apart


async def test_the_last_to_hand_in_is_refused_and_the_whole_panel_scores_again(site: Site) -> None:
    judged = await form(site)
    assert (await judged.hand_in(1, ["2", "0", "1"])).status_code == 200
    assert (await judged.hand_in(2, ["2", "2", "3"])).status_code == 200
    answer = await judged.hand_in(3, ["1", "1", "2"])
    assert answer.status_code == 422
    assert answer.json() == {"problem": "A1.02、A1.03：3 名裁判相差超过 1，须会商后重评", "rescore": True}
    rows = await Sheet.select(
        Sheet.state, Sheet.rescore, Sheet.signature, Sheet.submitted_at, Sheet.returned_reason
    ).where(Sheet.seat.panel == judged.panel)
    asked = {str(judged.aspects[code]): 1 for code in ("A1.02", "A1.03")}
    assert [json.loads(row.pop("rescore")) for row in rows] == [asked] * 3
    wanted = {"state": "open", "signature": "", "submitted_at": None}
    assert rows == [wanted | {"returned_reason": "A1.02、A1.03：3 名裁判相差超过 1，须会商后重评"}] * 3
    assert await AuditRecord.count().where(AuditRecord.action == "sheet.rescore_asked") == 3
    assert await AuditRecord.count().where(AuditRecord.action == "sheet.submitted") == 2


async def test_scored_again_within_one_the_form_is_accepted(site: Site) -> None:
    judged = await form(site)
    for seat, score in ((1, "0"), (2, "2"), (3, "1")):
        await judged.hand_in(seat, ["2", score, "2"])
    for seat in (1, 2, 3):
        desk = await judged.desk(seat)
        aspect = judged.aspects["A1.02"]
        await put(desk.browser, desk.token, aspect, "1", seen=await revision(desk.token, aspect))
        assert (await submit(desk)).status_code == 200
    assert await judged.states() == ["submitted"] * 3
    assert await rescore_of(judged.panel) == [""] * 3


async def test_a_named_aspect_has_to_be_entered_again_also_with_the_same_value(site: Site) -> None:
    judged = await form(site)
    for seat, score in ((1, "0"), (2, "2"), (3, "1")):
        await judged.hand_in(seat, ["2", score, "2"])
    desk = await judged.desk(3)
    answer = await submit(desk)
    assert answer.status_code == 422
    assert answer.json()["problem"] == "A1.02 须重评：会商后逐项重新录入，分值不变也须再录一次"
    again = judged.aspects["A1.02"]
    assert (await put(desk.browser, desk.token, again, "1", seen=await revision(desk.token, again))).status_code == 200
    assert (await submit(desk)).status_code == 200


async def test_scored_again_and_still_apart_it_is_refused_again(site: Site) -> None:
    judged = await form(site)
    for _round in (1, 2):
        answers = [await judged.hand_in(seat, ["2", score, "2"]) for seat, score in ((1, "0"), (2, "2"), (3, "1"))]
        assert [answer.status_code for answer in answers] == [200, 200, 422]
        assert await judged.states() == ["open"] * 3


async def test_no_judge_is_told_another_judges_mark(site: Site) -> None:
    judged = await form(site)
    await judged.hand_in(1, ["2", "0", "2"])
    await judged.hand_in(2, ["2", "2", "2"])
    answer = await judged.hand_in(3, ["2", "3", "2"])
    desk = await judged.desk(3)
    page = (await desk.browser.get(f"/sheets/{desk.token}")).text
    chosen = page.count(" checked")
    assert (chosen, "须会商后重评：A1.02" in page, "data-rescore " in page or "data-rescore>" in page) == (
        3,
        True,
        True,
    )
    others = [str(sheet["token"]) for seat in (1, 2) for sheet in await sheets_of(judged.panel, seat)]
    texts = (answer.text, page, (await desk.browser.get("/judge")).text)
    assert [word for text in texts for word in (*LEAKS, *others) if word in text] == []


async def test_the_list_of_works_shows_what_is_to_be_scored_again(site: Site) -> None:
    judged = await form(site, contestants=2)
    for seat, score in ((1, "0"), (2, "2"), (3, "1")):
        await judged.hand_in(seat, ["2", score, "2"])
    desk = await judged.desk(1)
    page = (await desk.browser.get("/judge")).text
    assert (page.count("work is-rescore"), "重评 1 件" in page) == (1, True)


async def test_a_trainee_takes_no_part(site: Site) -> None:
    judged = await form(site, trainees=1)
    for seat in (1, 2, 3):
        assert (await judged.hand_in(seat, ["2", "2", "2"])).status_code == 200
    assert (await judged.hand_in(4, ["0", "0", "0"])).status_code == 200
    assert await judged.states() == ["submitted"] * 4


async def test_a_substitute_counts(site: Site) -> None:
    judged = await form(site, substitutes=1)
    leaver = await judged.desk(1)
    await leaver.browser.submit(f"/sheets/{leaver.token}/recusal", reason="与选手同单位")
    assert (await judged.hand_in(2, ["2", "2", "2"])).status_code == 200
    assert (await judged.hand_in(3, ["2", "2", "2"])).status_code == 200
    assert (await judged.hand_in(4, ["0", "2", "2"])).status_code == 422


async def test_a_recusal_that_completes_the_panel_compares_it(site: Site) -> None:
    judged = await form(site)
    await judged.hand_in(1, ["0", "2", "2"])
    await judged.hand_in(2, ["3", "2", "2"])
    leaver = await judged.desk(3)
    await leaver.browser.submit(f"/sheets/{leaver.token}/recusal", reason="与选手同单位")
    assert await judged.states() == ["open", "open", "void"]


async def test_judges_who_measure_have_to_earn_the_same(site: Site) -> None:
    measured = await form(site, MEASURED, judges=2)
    assert (await measured.hand_in(1, MEASUREMENTS)).status_code == 200
    answer = await measured.hand_in(2, (*MEASUREMENTS[:5], "2.5", "120.6"))
    assert (answer.status_code, answer.json()["problem"]) == (422, "A1.16：2 名裁判测得不一致，须会商后重评")


async def test_two_measurements_that_earn_the_same_agree(site: Site) -> None:
    measured = await form(site, MEASURED, judges=2)
    await measured.hand_in(1, MEASUREMENTS)
    assert (await measured.hand_in(2, (*MEASUREMENTS[:5], "1.8", "120.9"))).status_code == 200


async def test_one_who_measures_alone_agrees(site: Site) -> None:
    measured = await form(site, MEASURED, judges=3, measuring=1)
    assert (await measured.hand_in(1, MEASUREMENTS)).status_code == 200


async def test_two_who_hand_in_at_once_do_not_both_slip_through(site: Site) -> None:
    """Six works at once, so that on PostgreSQL some pairs really meet."""
    judged = await form(site, contestants=6, judges=2)
    given = []
    for seat, score in ((1, "0"), (2, "3")):
        actor = await judge_actor(judged.panel, seat)
        for sheet in await sheets_of(judged.panel, seat):
            marks = dict.fromkeys(judged.aspects.values(), Decimal(score))
            await marking.save_marks(actor, int(str(sheet["id"])), marks)
            given.append((str(sheet["label"]), actor, str(sheet["token"])))
    given.sort(key=lambda each: each[0])
    answers = await asyncio.gather(
        *[marking.submit_sheet(actor, token, SIGNATURE) for _label, actor, token in given], return_exceptions=True
    )
    assert [type(answer).__name__ for answer in answers].count("RescoreAsked") == 6
    assert await judged.states() == ["open"] * 12


async def test_a_hand_in_repeated_after_a_lost_answer_is_not_accepted(site: Site) -> None:
    judged = await form(site, judges=2)
    await judged.hand_in(1, ["0", "2", "2"])
    desk = await judged.mark(2, ["3", "2", "2"])
    assert [(await submit(desk)).status_code for _ in range(2)] == [422, 422]
    assert await judged.states() == ["open"] * 2


async def test_a_checked_sheet_is_opened_again_with_the_others(site: Site) -> None:
    judged = await form(site, judges=2)
    await judged.hand_in(1, ["0", "2", "2"])
    clerk = await official(Role.SCORE_CLERK, judged.stage.contest_id, "录分员")
    await marking.check_sheets(clerk, [str((await sheets_of(judged.panel, 1))[0]["token"])])
    assert (await judged.hand_in(2, ["3", "2", "2"])).status_code == 422
    rows = await Sheet.select(Sheet.state, Sheet.checked_at, Sheet.checked_by).where(Sheet.seat.panel == judged.panel)
    assert rows == [{"state": "open", "checked_at": None, "checked_by": None}] * 2


async def test_a_form_whose_judges_are_apart_is_not_checked(site: Site) -> None:
    judged = await form(site)
    await judged.hand_in(1, ["0", "2", "2"])
    await judged.hand_in(2, ["2", "2", "2"])
    clerk = await official(Role.SCORE_CLERK, judged.stage.contest_id, "录分员")
    tokens = [str((await sheets_of(judged.panel, seat))[0]["token"]) for seat in (1, 2)]
    with pytest.raises(Refused, match=r"A1\.01：2 名裁判相差超过 1"):
        await marking.check_sheets(clerk, tokens)
    assert await judged.states() == ["submitted", "submitted", "open"]


async def test_works_are_compared_each_on_its_own(site: Site) -> None:
    judged = await form(site, contestants=2, judges=2)
    for place, seat, score in ((0, 1, "0"), (0, 2, "1"), (1, 1, "2"), (1, 2, "3")):
        desk = await judged.desk(seat, place)
        for aspect in judged.aspects.values():
            await put(desk.browser, desk.token, aspect, score)
        assert (await submit(desk)).status_code == 200


# Two tablets


ONE, TWO = "a" * 24, "b" * 24


async def opened(desk: Tablet, device: str) -> dict[str, object]:
    answer = await desk.browser.submit(f"/sheets/{desk.token}/tablet", device=device)
    assert answer.status_code == 200
    return {name: answer.json()[name] for name in ("other", "state")}


async def asked(desk: Tablet, device: str) -> bool:
    answer = await desk.browser.get(f"/sheets/{desk.token}/tablet", params={"device": device})
    return bool(answer.json()["other"])


async def test_a_second_tablet_is_told_of_the_first_and_the_first_of_the_second(site: Site) -> None:
    desk = await (await form(site)).desk(1)
    assert await opened(desk, ONE) == {"other": False, "state": "open"}
    assert await asked(desk, ONE) is False
    assert await opened(desk, TWO) == {"other": True, "state": "open"}
    assert (await asked(desk, ONE), await asked(desk, TWO)) == (True, False)
    assert await AuditRecord.count().where(AuditRecord.action == "sheet.opened_elsewhere") == 1


async def test_the_same_tablet_again_is_no_news(site: Site) -> None:
    desk = await (await form(site)).desk(1)
    await opened(desk, ONE)
    records = await AuditRecord.count()
    assert await opened(desk, ONE) == {"other": False, "state": "open"}
    assert await AuditRecord.count() == records


@pytest.mark.parametrize(("minutes", "other"), [(9, True), (11, False)])
async def test_a_tablet_left_long_ago_is_no_warning(site: Site, minutes: int, other: bool) -> None:
    desk = await (await form(site)).desk(1)
    await opened(desk, ONE)
    await opened_before(desk.token, minutes)
    assert await opened(desk, TWO) == {"other": other, "state": "open"}


async def opened_before(token: str, minutes: int) -> None:
    async with write(SYSTEM) as change:
        await Sheet.update({Sheet.device_at: clock.now() - timedelta(minutes=minutes)}).where(Sheet.token == token)
        await change.record("test.moved", "sheet")


async def test_a_tablet_opened_long_ago_and_still_entering_is_a_warning(site: Site) -> None:
    desk = await (await form(site)).desk(1)
    await opened(desk, ONE)
    await opened_before(desk.token, 60)
    await desk.mark("A1.01", "2")
    assert await opened(desk, TWO) == {"other": True, "state": "open"}


async def test_marks_from_both_tablets_are_kept(site: Site) -> None:
    desk = await (await form(site)).desk(1)
    await opened(desk, ONE)
    await opened(desk, TWO)
    assert (await desk.mark("A1.01", "2")).status_code == 200
    assert (await desk.mark("A1.02", "3")).status_code == 200


@pytest.mark.parametrize("device", ["", "short", "x" * 41, "no spaces at all"])
async def test_a_tablet_without_a_word_is_refused(site: Site, device: str) -> None:
    desk = await (await form(site)).desk(1)
    assert (await desk.browser.submit(f"/sheets/{desk.token}/tablet", device=device)).status_code == 422
    assert (await desk.browser.get(f"/sheets/{desk.token}/tablet", params={"device": device})).status_code == 422


async def test_another_judge_learns_nothing_of_the_tablet(site: Site) -> None:
    judged = await form(site)
    own, other = await judged.desk(1), await judged.desk(2)
    stranger: Browser = other.browser
    assert (await stranger.submit(f"/sheets/{own.token}/tablet", device=ONE)).status_code == 404
    assert (await stranger.get(f"/sheets/{own.token}/tablet", params={"device": ONE})).status_code == 404
    row = await Sheet.select(Sheet.device).where(Sheet.token == own.token).first()
    assert row == {"device": ""}


async def test_an_open_tablet_hears_that_another_sheet_is_to_be_scored_again(site: Site) -> None:
    judged = await form(site, contestants=2)
    for seat, score in ((1, "0"), (2, "2"), (3, "1")):
        await judged.hand_in(seat, ["2", score, "2"])
    first, second = await judged.desk(1), await judged.desk(1, 1)
    answer = await second.browser.get(f"/sheets/{second.token}/tablet", params={"device": ONE})
    assert answer.json()["rescore"] == [{"sheet": first.token, "form": JUDGED, "label": "001"}]


# Many forms


async def test_forms_are_listed_under_their_criterion_and_day(site: Site) -> None:
    desk = await (await form(site)).desk(1)
    page = (await desk.browser.get("/judge")).text
    places = [page.index(text) for text in ("焊接</h3>", "<h4>A1</h4>", "A1.J", "第 1 评分日", "A1.M", "第 2 评分日")]
    assert places == sorted(places)


async def test_the_list_costs_the_same_for_one_form_and_for_many(site: Site) -> None:
    desk = await (await form(site, contestants=4)).desk(1)
    before = current_engine().queries
    await desk.browser.get("/judge")
    assert current_engine().queries - before <= 8


async def test_the_next_work_is_one_of_the_same_form(site: Site) -> None:
    judged = await form(site, contestants=2, judges=1)
    await judged.hand_in(1, ["2", "2", "2"])
    desk = await judged.desk(1)
    page = (await desk.browser.get(f"/sheets/{desk.token}")).text
    following = (await sheets_of(judged.panel, 1))[1]["token"]
    assert f'<a class="btn btn--lg btn--primary" href="/sheets/{following}">评下一件 002</a>' in page


async def test_a_locked_form_can_still_be_looked_at(site: Site) -> None:
    judged = await form(site, judges=1)
    await judged.hand_in(1, ["0", "2", "2"])
    async with write(SYSTEM) as change:
        await Sheet.update({Sheet.state: "locked"}).where(Sheet.seat.panel == judged.panel)
        await change.record("test.locked", "sheet")
    desk = await judged.desk(1)
    answer = await desk.browser.get(f"/sheets/{desk.token}")
    assert answer.status_code == 200
    assert f'<b data-read="{judged.aspects["A1.01"]}">0</b>' in answer.text


async def test_a_form_without_an_aspect_taken_out_is_complete_without_it(site: Site) -> None:
    judged = await form(site, judges=1)
    desk = await judged.mark(1, ["1", "1", "1"])
    async with write(SYSTEM) as change:
        await Aspect.update({Aspect.retired_at: clock.now()}).where(Aspect.id == judged.aspects["A1.03"])
        await change.record("test.retired", "aspect")
    kept = {code: aspect for code, aspect in judged.aspects.items() if code != "A1.03"}
    answer = await desk.submit(seen={str(aspect): 1 for aspect in kept.values()})
    assert answer.status_code == 200


def test_the_scheme_of_these_tests_is_a_sound_one() -> None:
    assert marking.scheme_problems(SCHEME)[0] == []


async def test_a_whole_panel_marks_by_the_services(site: Site) -> None:
    """The way the demo goes: marks at once, then the hand-in."""
    judged = await form(site, judges=2)
    for seat in (1, 2):
        [sheet] = await sheets_of(judged.panel, seat)
        actor = await judge_actor(judged.panel, seat)
        marks = dict.fromkeys(judged.aspects.values(), SCHEME.parts[0].aspects[0].step)
        await marking.save_marks(actor, int(str(sheet["id"])), marks)
        await marking.submit_sheet(actor, str(sheet["token"]), SIGNATURE)
    assert await judged.states() == ["submitted"] * 2

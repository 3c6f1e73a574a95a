"""Blind numbers in layers: each drawn by its own lot, marked under its own number, revealed by two people."""

import asyncio
from decimal import Decimal

import msgspec
import pytest

from competition.accounts.kinds import Role
from competition.audit.tables import AuditRecord
from competition.audit.write import SYSTEM, Actor
from competition.contests.service import SessionDraft, add_session
from competition.database.connection import Engine
from competition.entries import service as entries
from competition.entries.kinds import Attendance
from competition.marking import service as marking
from competition.marking.kinds import Layer
from competition.marking.rules.draw import draw
from competition.marking.service import SchemeDraft, SeatDraft
from competition.marking.service.checking import numbered_work
from competition.marking.service.days import sign_day
from competition.marking.service.draws import undrawn_layers
from competition.marking.service.gaps import gaps
from competition.marking.service.marking_settings import set_layers, stage_settings
from competition.marking.service.rechecks import plan_recheck
from competition.marking.service.relations import declare_relation
from competition.marking.service.reveals import number_list
from competition.marking.tables import BlindNumber, Draw, Recusal, Sheet
from competition.problems import Missing, Refused, Stale
from competition.rulebook.service import load_seeds
from tests.conftest import Site
from tests.marking_stage import (
    LAYERED,
    PERSON_WORD,
    SIGNATURE,
    UNIT_WORD,
    MarkingStage,
    aspect_ids,
    check_all,
    judge_actor,
    labels_of,
    make_judge,
    official,
    panel_of,
    seated_stage,
    sheets_of,
)

ALL = tuple(Layer)


async def layered_stage(contestants: int = 6, judges: int = 2, drawn: int = 0, **more: object) -> MarkingStage:
    """A form for each layer, all three in use, the first `drawn` of them drawn."""
    stage = await seated_stage(contestants, judges, scheme=LAYERED, layers=ALL, **more)  # type: ignore[arg-type]  # passed through
    for layer in ALL[:drawn]:
        await marking.draw_numbers(SYSTEM, stage.stage_id, f"seed of {layer}", layer=layer)
    return stage


async def mark_form(stage: MarkingStage, code: str) -> None:
    """Every judge of the form gives 8 and hands in."""
    panel = await panel_of(stage.stage_id, stage.part_ids[code])
    aspects = await aspect_ids(stage.stage_id, code)
    for seat in (1, 2):
        actor = await judge_actor(panel, seat)
        for sheet in await sheets_of(panel, seat):
            await marking.save_marks(actor, int(str(sheet["id"])), {aspects["A"]: Decimal(8)})
            await marking.submit_sheet(actor, str(sheet["token"]), SIGNATURE)


async def locked_stage(contestants: int = 3) -> MarkingStage:
    stage = await layered_stage(contestants, drawn=3)
    for code in "KPR":
        await mark_form(stage, code)
    await check_all(stage, await official(Role.SCORE_CLERK, stage.contest_id, "万里"))
    chief = await official(Role.CHIEF_JUDGE, stage.skill_id, "徐铁军")
    await marking.sign_stage(chief, stage.stage_id, SIGNATURE)
    await marking.lock_stage(chief, stage.stage_id)
    return stage


async def revealers(stage: MarkingStage) -> tuple[Actor, Actor]:
    return (
        await official(Role.ENCRYPTION_JUDGE, stage.contest_id, "加密员"),
        await official(Role.SUPERVISOR, stage.contest_id, "监督员"),
    )


# Drawing


async def test_each_layer_is_its_own_lot_with_labels_of_its_own(database: Engine) -> None:
    stage = await layered_stage(drawn=3)
    rows = (
        await BlindNumber.select(BlindNumber.label, BlindNumber.entry, BlindNumber.draw.layer.as_alias("layer"))
        .where(BlindNumber.stage == stage.stage_id)
        .order_by(BlindNumber.id)
    )
    for layer, first in zip(ALL, ("C001", "001", "R001"), strict=True):
        of_layer = [row for row in rows if row["layer"] == layer]
        assert of_layer[0]["label"] == first
        assert [row["entry"] for row in of_layer] == draw(f"seed of {layer}", stage.entry_ids)
    assert len({row["label"] for row in rows}) == 18


async def test_every_form_is_marked_under_the_number_of_its_layer(database: Engine) -> None:
    stage = await layered_stage(drawn=3)
    for code, layer in zip("KPR", ALL, strict=True):
        sheets = await sheets_of(await panel_of(stage.stage_id, stage.part_ids[code]))
        assert {sheet["entry"]: sheet["label"] for sheet in sheets} == await labels_of(stage.stage_id, layer)


async def test_sheets_come_when_their_layer_can_be_marked(database: Engine) -> None:
    stage = await layered_stage(3, 2)
    made = []
    for layer in ALL:
        await marking.draw_numbers(SYSTEM, stage.stage_id, layer=layer)
        made.append([await Sheet.count().where(Sheet.part == stage.part_ids[code]) for code in "KPR"])
    assert made == [[0, 0, 0], [6, 6, 0], [6, 6, 6]]


@pytest.mark.parametrize(("drawn", "layer", "said"), [(0, Layer.NUMBER, "参赛号"), (1, Layer.REVIEW, "工位号")])
async def test_layers_are_drawn_in_their_order(database: Engine, drawn: int, layer: Layer, said: str) -> None:
    stage = await layered_stage(drawn=drawn)
    plan = await marking.plan_draw(stage.stage_id, layer)
    assert f"先抽{said}" in [str(problem) for problem in plan.problems]
    with pytest.raises((Refused, Stale)):
        await marking.draw_numbers(SYSTEM, stage.stage_id, layer=layer)
    assert await Draw.count().where(Draw.stage == stage.stage_id) == drawn


@pytest.mark.parametrize("layer", ALL)
async def test_a_layer_is_drawn_once(database: Engine, layer: Layer) -> None:
    stage = await layered_stage(drawn=ALL.index(layer))
    results = await asyncio.gather(
        *[marking.draw_numbers(SYSTEM, stage.stage_id, layer=layer) for _ in range(3)], return_exceptions=True
    )
    assert sum(isinstance(result, int) for result in results) == 1
    assert sum(isinstance(result, Refused) for result in results) == 2
    assert await Draw.count().where((Draw.stage == stage.stage_id) & (Draw.layer == layer.value)) == 1


async def test_the_seed_of_another_layer_is_refused(database: Engine) -> None:
    """The same seed over the same list would give everybody the same number twice."""
    stage = await layered_stage(drawn=2)
    with pytest.raises(Refused) as refused:
        await marking.draw_numbers(SYSTEM, stage.stage_id, f"seed of {Layer.NUMBER}", layer=Layer.REVIEW)
    assert [problem.field for problem in refused.value.problems] == ["seed"]


async def test_what_was_drawn_in_public_is_only_the_beginning_of_the_seed(site: Site) -> None:
    stage = await layered_stage()
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    for layer in (Layer.CONTEST, Layer.NUMBER):
        answer = await organiser.submit(f"/stages/{stage.stage_id}/draw", layer=layer.value, seed="7 4 2", first="1")
        assert answer.status_code == 303
    seeds = [row["seed"] for row in await Draw.select(Draw.seed).order_by(Draw.id)]
    assert [seed.startswith("7 4 2-") for seed in seeds] == [True, True]
    assert len(set(seeds)) == 2
    assert "7 4 2" not in (await organiser.get(f"/stages/{stage.stage_id}/draw")).text


async def test_forms_of_a_layer_that_is_not_drawn_are_refused_by_name(database: Engine) -> None:
    stage = await seated_stage(2, 2, scheme=LAYERED, layers=(Layer.CONTEST, Layer.NUMBER))
    await marking.draw_numbers(SYSTEM, stage.stage_id, layer=Layer.CONTEST)
    with pytest.raises(Refused) as refused:
        await marking.draw_numbers(SYSTEM, stage.stage_id)
    assert [str(problem) for problem in refused.value.problems] == [
        "R 表 按评审号评分，本阶段不抽这一层；选上这一层，或修改评分标准"
    ]


async def test_layers_are_chosen_before_the_first_draw_only(site: Site) -> None:
    stage = await seated_stage(2, 3)
    assert (await stage_settings(stage.stage_id)).layers == (Layer.NUMBER,)
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    address = f"/stages/{stage.stage_id}/draw/layers"
    assert (await organiser.submit(address, layers=["review"])).status_code == 303
    assert (await stage_settings(stage.stage_id)).layers == (Layer.NUMBER, Layer.REVIEW)
    encryption = await site.sign_in(Role.ENCRYPTION_JUDGE, stage.contest_id)
    assert (await encryption.submit(address, layers=["contest"])).status_code == 403
    await marking.draw_numbers(SYSTEM, stage.stage_id)
    answer = await organiser.submit(address, layers=["contest"])
    assert (answer.status_code, "已有一层编号抽签" in answer.text) == (422, True)
    assert (await stage_settings(stage.stage_id)).layers == (Layer.NUMBER, Layer.REVIEW)


async def test_a_contest_layer_drawn_keeps_the_choice_of_layers(database: Engine) -> None:
    stage = await layered_stage(drawn=1)
    with pytest.raises(Refused, match="已有一层编号抽签"):
        await set_layers(SYSTEM, stage.stage_id, (Layer.NUMBER,))


async def test_who_came_later_brings_a_new_draw_of_contest_numbers(database: Engine) -> None:
    stage = await layered_stage(4)
    late = stage.entry_ids[0]
    await entries.attend(SYSTEM, stage.stage_id, {late: Attendance.ABSENT}, "未到场")
    await marking.draw_numbers(SYSTEM, stage.stage_id, "first lot", layer=Layer.CONTEST)
    with pytest.raises(Refused, match="参赛号已抽签，不能重抽"):
        await marking.draw_numbers(SYSTEM, stage.stage_id, "second lot", layer=Layer.CONTEST)
    await entries.attend(SYSTEM, stage.stage_id, {late: Attendance.CHECKED_IN})
    with pytest.raises(Refused, match="1 名选手没有参赛号；名单有变，须重抽"):
        await marking.draw_numbers(SYSTEM, stage.stage_id)
    await marking.draw_numbers(SYSTEM, stage.stage_id, "second lot", layer=Layer.CONTEST)
    assert sorted(await labels_of(stage.stage_id, Layer.CONTEST)) == sorted(stage.entry_ids)
    [taken] = await AuditRecord.select(AuditRecord.detail).where(AuditRecord.action == "draw.taken_back")
    assert '"seed":"first lot"' in taken["detail"]
    await marking.draw_numbers(SYSTEM, stage.stage_id)
    with pytest.raises(Refused, match="参赛号已抽签"):
        await marking.draw_numbers(SYSTEM, stage.stage_id, "third lot", layer=Layer.CONTEST)


async def test_the_absent_get_no_review_number(database: Engine) -> None:
    stage = await layered_stage(4, drawn=2)
    await entries.attend(SYSTEM, stage.stage_id, {stage.entry_ids[1]: Attendance.ABSENT}, "未到场")
    await marking.draw_numbers(SYSTEM, stage.stage_id, layer=Layer.REVIEW)
    assert sorted(await labels_of(stage.stage_id, Layer.REVIEW)) == sorted(set(stage.entry_ids) - {stage.entry_ids[1]})


async def test_stations_are_given_with_the_station_number_alone(database: Engine) -> None:
    stage = await layered_stage(3)
    await add_session(SYSTEM, stage.stage_id, SessionDraft(venue="A 馆", stations=3))
    for layer in ALL:
        await marking.draw_numbers(SYSTEM, stage.stage_id, layer=layer)
    rows = await BlindNumber.select(BlindNumber.station, BlindNumber.draw.layer.as_alias("layer"))
    assert sorted(row["station"] for row in rows if row["layer"] == Layer.NUMBER) == [1, 2, 3]
    assert {row["station"] for row in rows if row["layer"] != Layer.NUMBER} == {0}


# Recusals and substitutes in a later layer


async def test_a_recusal_and_its_substitute_hold_in_every_layer(database: Engine) -> None:
    stage = await layered_stage(4, 3, substitutes=1)
    away = stage.entry_ids[2]
    await declare_relation(SYSTEM, stage.stage_id, stage.judge_ids[1], away, "师徒")
    for layer in ALL:
        await marking.draw_numbers(SYSTEM, stage.stage_id, layer=layer)
    for code in "KPR":
        panel = await panel_of(stage.stage_id, stage.part_ids[code])
        assert away not in [sheet["entry"] for sheet in await sheets_of(panel, 2)]
        assert [sheet["entry"] for sheet in await sheets_of(panel, 4)] == [away]
    assert await Recusal.count() == 3


async def test_who_recused_at_the_station_does_not_review_the_work_either(database: Engine) -> None:
    stage = await layered_stage(4, 3, drawn=2, substitutes=1)
    panel = await panel_of(stage.stage_id, stage.part_ids["P"])
    left = (await sheets_of(panel, 1))[0]
    await marking.recuse(await judge_actor(panel, 1), str(left["token"]), "亲属")
    await marking.draw_numbers(SYSTEM, stage.stage_id, layer=Layer.REVIEW)
    review = await panel_of(stage.stage_id, stage.part_ids["R"])
    assert left["entry"] not in [sheet["entry"] for sheet in await sheets_of(review, 1)]
    assert [sheet["entry"] for sheet in await sheets_of(review, 4)] == [left["entry"]]


async def test_before_its_layer_is_drawn_a_form_has_no_gaps(database: Engine) -> None:
    stage = await layered_stage(3, drawn=2)
    review = await panel_of(stage.stage_id, stage.part_ids["R"])
    assert await gaps(review) == []
    spare = await make_judge(900, stage.unit_ids[-1])
    assert await marking.add_substitutes(SYSTEM, [review], SeatDraft(spare)) == 0
    await marking.draw_numbers(SYSTEM, stage.stage_id, layer=Layer.REVIEW)
    sheet = (await sheets_of(review, 1))[0]
    await marking.recuse(await judge_actor(review, 1), str(sheet["token"]), "亲属")
    assert [each["label"] for each in await sheets_of(review, 3)] == [sheet["label"]]
    assert await gaps(review) == []


# What a judge and the room see


async def test_a_work_shows_the_forms_and_neighbours_of_its_own_layer(database: Engine) -> None:
    await layered_stage(3, drawn=3)
    rows = await BlindNumber.select(BlindNumber.id, BlindNumber.label).order_by(BlindNumber.id)
    by_label = {row["label"]: row["id"] for row in rows}
    for label, code, following in (("C003", "K", None), ("003", "P", None), ("R001", "R", "R002")):
        work = await numbered_work(by_label[label])
        assert [each.part.code for heading in work.headings for each in heading.parts] == [code]
        assert work.following == (by_label[following] if following else None)


async def test_a_judge_of_one_layer_never_sees_the_number_of_another(site: Site) -> None:
    """Numbers start apart, so that each would be known on any page it stands on."""
    stage = await seated_stage(3, 2, scheme=LAYERED, layers=ALL)
    for layer, first in zip(ALL, (400, 500, 600), strict=True):
        await marking.draw_numbers(SYSTEM, stage.stage_id, first=first, layer=layer)
    seen = {}
    for code, start in zip("KPR", ("C40", "50", "R60"), strict=True):
        panel = await panel_of(stage.stage_id, stage.part_ids[code])
        actor = await judge_actor(panel, 1)
        assert actor.user_id is not None
        browser = await site.sign_in_as(actor.user_id)
        [first_sheet, *_others] = await sheets_of(panel, 1)
        page = (await browser.get(f"/sheets/{first_sheet['token']}")).text
        seen[code] = [start in page for start in ("C40", "R60", ">50")]
        assert start in page
    assert seen == {"K": [True, False, False], "P": [False, False, True], "R": [False, True, False]}


# The lock waits for every layer


async def test_an_undrawn_layer_keeps_the_stage_open(database: Engine) -> None:
    stage = await layered_stage(3, drawn=2)
    for code in "KP":
        await mark_form(stage, code)
    await check_all(stage, await official(Role.SCORE_CLERK, stage.contest_id, "万里"))
    assert await undrawn_layers(stage.stage_id) == [Layer.REVIEW]
    chief = await official(Role.CHIEF_JUDGE, stage.skill_id, "徐铁军")
    with pytest.raises(Refused) as refused:
        await marking.sign_stage(chief, stage.stage_id, SIGNATURE)
    assert "1 层编号未抽签" in [str(problem) for problem in refused.value.problems]


async def test_neither_a_day_nor_the_recheck_closes_over_an_undrawn_layer(database: Engine) -> None:
    await load_seeds(SYSTEM)
    scheme = SchemeDraft(parts=tuple(msgspec.structs.replace(part, day=1) for part in LAYERED.parts))
    stage = await seated_stage(2, 2, scheme=scheme, layers=ALL)
    for layer in (Layer.CONTEST, Layer.NUMBER):
        await marking.draw_numbers(SYSTEM, stage.stage_id, layer=layer)
    for code in "KP":
        await mark_form(stage, code)
    await check_all(stage, await official(Role.SCORE_CLERK, stage.contest_id, "万里"))
    chief = await official(Role.CHIEF_JUDGE, stage.skill_id, "徐铁军")
    with pytest.raises(Refused, match="第 1 评分日的 R 尚未抽签"):
        await sign_day(chief, stage.stage_id, 1, SIGNATURE)
    assert [str(problem) for problem in (await plan_recheck(stage.stage_id)).problems] == ["1 层编号未抽签"]


async def test_after_the_signature_no_layer_is_drawn(database: Engine) -> None:
    stage = await locked_stage()
    with pytest.raises(Refused, match="评审号已抽签"):
        await marking.draw_numbers(SYSTEM, stage.stage_id, layer=Layer.REVIEW)


async def test_totals_come_from_the_forms_of_all_layers(database: Engine) -> None:
    stage = await locked_stage()
    # 8 of 10 in each form: 0.8 × (20 + 40 + 40)
    assert [row.total for row in await marking.entry_scores(stage.stage_id)] == [Decimal("80.00")] * 3


# The reveal


async def test_layers_are_revealed_backwards_by_two_people(database: Engine) -> None:
    stage = await locked_stage()
    encryption, supervisor = await revealers(stage)
    with pytest.raises(Refused, match="先解密评审号"):
        await marking.ask_reveal(encryption, stage.stage_id, Layer.NUMBER)
    for layer in reversed(ALL):
        await marking.ask_reveal(encryption, stage.stage_id, layer)
        with pytest.raises(Refused, match="申请和确认须由两个人办理"):
            await marking.confirm_reveal(encryption, stage.stage_id, layer)
        assert not await marking.numbers_revealed(stage.stage_id)
        await marking.confirm_reveal(supervisor, stage.stage_id, layer)
    assert await marking.numbers_revealed(stage.stage_id)
    rows = await Draw.select(Draw.reveal_asked_by, Draw.revealed_by, Draw.reveal_asked_at, Draw.revealed_at)
    assert {(row["reveal_asked_by"], row["revealed_by"]) for row in rows} == {(encryption.user_id, supervisor.user_id)}
    assert all(row["reveal_asked_at"] <= row["revealed_at"] for row in rows)
    found = AuditRecord.select(AuditRecord.action).where(AuditRecord.action.like("draw.reveal%"))
    acts = await found.order_by(AuditRecord.id)
    assert [act["action"] for act in acts] == ["draw.reveal_asked", "draw.revealed"] * 3


async def test_nothing_is_confirmed_that_nobody_asked_for(database: Engine) -> None:
    stage = await locked_stage()
    _encryption, supervisor = await revealers(stage)
    with pytest.raises(Refused, match="尚无人申请解密"):
        await marking.confirm_reveal(supervisor, stage.stage_id, Layer.REVIEW)
    with pytest.raises(Refused, match="实名账号"):
        await marking.ask_reveal(SYSTEM, stage.stage_id, Layer.REVIEW)


async def test_before_the_lock_nobody_asks(database: Engine) -> None:
    stage = await layered_stage(2, drawn=3)
    encryption, _supervisor = await revealers(stage)
    with pytest.raises(Refused, match="锁定后才能解密"):
        await marking.ask_reveal(encryption, stage.stage_id, Layer.REVIEW)
    with pytest.raises(Missing):
        await marking.ask_reveal(encryption, 999999, Layer.REVIEW)


async def test_two_who_ask_at_once_ask_once(database: Engine) -> None:
    stage = await locked_stage()
    encryption, supervisor = await revealers(stage)
    results = await asyncio.gather(
        *[marking.ask_reveal(actor, stage.stage_id, Layer.REVIEW) for actor in (encryption, supervisor)],
        return_exceptions=True,
    )
    assert [isinstance(result, Refused) for result in results].count(True) == 1
    assert await AuditRecord.count().where(AuditRecord.action == "draw.reveal_asked") == 1


async def test_two_people_reveal_on_the_page(site: Site) -> None:
    stage = await locked_stage()
    address, page = f"/stages/{stage.stage_id}/reveal", f"/stages/{stage.stage_id}/draw"
    encryption = await site.sign_in(Role.ENCRYPTION_JUDGE, stage.contest_id)
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    supervisor = await site.sign_in(Role.SUPERVISOR, stage.contest_id)
    chief = await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id)
    ask = {"layer": "review", "step": "ask"}
    assert (await organiser.submit(address, **ask)).status_code == 403
    assert (await chief.submit(address, layer="review", step="confirm")).status_code == 403
    assert "申请解密" in (await encryption.get(page)).text
    assert "申请解密" not in (await organiser.get(page)).text
    assert (await encryption.submit(address, **ask)).status_code == 303
    assert "确认解密" not in (await encryption.get(page)).text
    assert "确认解密" in (await supervisor.get(page)).text
    await encryption.submit(address, layer="review", step="confirm")
    assert "申请和确认须由两个人办理；请另一人登录后确认" in (await encryption.get(page)).text
    await organiser.submit(address, layer="review", step="confirm")
    assert "评审号已解密" in (await organiser.get(page)).text


async def test_the_seed_is_sealed_until_its_layer_is_revealed(site: Site) -> None:
    """With the seed and the ids of the entries, which an organiser sees, anybody could redo the draw."""
    stage = await locked_stage()
    page = f"/stages/{stage.stage_id}/draw"
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    encryption = await site.sign_in(Role.ENCRYPTION_JUDGE, stage.contest_id)
    supervisor = await site.sign_in(Role.SUPERVISOR, stage.contest_id)
    assert "seed of" not in (await organiser.get(page)).text
    assert "seed of" not in (await organiser.get(f"/stages/{stage.stage_id}/protocol")).text
    assert (await encryption.get(page)).text.count("seed of") == 3
    actors = await revealers(stage)
    await marking.ask_reveal(actors[0], stage.stage_id, Layer.REVIEW)
    await marking.confirm_reveal(actors[1], stage.stage_id, Layer.REVIEW)
    shown = (await supervisor.get(page)).text
    assert ("seed of review" in shown, "seed of number" in shown) == (True, False)


# The lists behind the numbers


async def test_a_list_leads_to_the_layer_before_and_only_the_first_to_names(site: Site) -> None:
    stage = await layered_stage(3, drawn=3)
    encryption = await site.sign_in(Role.ENCRYPTION_JUDGE, stage.contest_id)
    address = f"/stages/{stage.stage_id}/draw/list"
    pages = {layer: (await encryption.submit(address, layer=layer.value)).text for layer in ALL}
    assert [PERSON_WORD in page for page in pages.values()] == [True, False, False]
    assert [UNIT_WORD in page for page in pages.values()] == [True, False, False]
    contest, number = await labels_of(stage.stage_id, Layer.CONTEST), await labels_of(stage.stage_id)
    listed = {row.label: row.before for row in await number_list(stage.stage_id, Layer.NUMBER)}
    assert listed == {number[entry]: contest[entry] for entry in stage.entry_ids}
    read = AuditRecord.select(AuditRecord.detail).where(AuditRecord.action == "draw.list_read")
    reads = await read.order_by(AuditRecord.id)
    assert [f'"layer":"{layer}"' in row["detail"] for layer, row in zip(ALL, reads, strict=True)] == [True] * 3


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.CHIEF_JUDGE, Role.BUREAU, Role.SUPERVISOR])
async def test_others_read_a_list_once_its_layer_is_revealed(site: Site, role: Role) -> None:
    stage = await locked_stage()
    scope = {Role.CHIEF_JUDGE: stage.skill_id, Role.BUREAU: 0}.get(role, stage.contest_id)
    browser = await site.sign_in(role, scope)
    address = f"/stages/{stage.stage_id}/draw/list"
    actors = await revealers(stage)
    found = []
    for layer in (None, *reversed(ALL)):
        if layer:
            await marking.ask_reveal(actors[0], stage.stage_id, layer)
            await marking.confirm_reveal(actors[1], stage.stage_id, layer)
        answers = [await browser.submit(address, layer=each.value) for each in ALL]
        found.append([(answer.status_code, PERSON_WORD in answer.text) for answer in answers])
    shut, blind, named = (403, False), (200, False), (200, True)
    assert found == [[shut, shut, shut], [shut, shut, blind], [shut, blind, blind], [named, named, named]]

"""Signing in and out, roles and their scopes, and what a stranger to a session can do: nothing."""

import httpx
import pytest

from competition.accounts import service
from competition.accounts.kinds import Role
from competition.accounts.sessions import COOKIE
from competition.accounts.tables import Account, SignInSession
from competition.audit.tables import AuditRecord
from competition.audit.write import SYSTEM
from competition.problems import Refused
from tests.conftest import Site

PASSWORD = "correct horse 7"


@pytest.fixture
async def account(site: Site) -> int:
    new = service.NewAccount(username="clerk", name="经办人", password=PASSWORD)
    account_id = await service.create_account(SYSTEM, new)
    await service.grant_role(SYSTEM, account_id, Role.BUREAU)
    return account_id


async def sign_in(site: Site, username: str = "clerk", password: str = PASSWORD, **more: str) -> httpx.Response:
    return await site.browser().post("/sign-in", data={"username": username, "password": password, **more})


async def test_a_right_password_signs_in(site: Site, account: int) -> None:
    answer = await sign_in(site)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    assert (await site.browser().get("/accounts", cookies={COOKIE: answer.cookies[COOKIE]})).status_code == 200


@pytest.mark.parametrize(("username", "password"), [("clerk", "wrong horse 7"), ("nobody", PASSWORD)])
async def test_a_wrong_name_and_a_wrong_password_read_the_same(
    site: Site, account: int, username: str, password: str
) -> None:
    answer = await sign_in(site, username, password)
    assert answer.status_code == 422
    assert "登录名或密码不对" in answer.text
    assert username in answer.text
    assert password not in answer.text


async def test_sign_in_is_throttled_per_account(site: Site, account: int) -> None:
    for _ in range(service.FAILURES_PER_ACCOUNT):
        assert (await sign_in(site, password="wrong horse 7")).status_code == 422
    assert (await sign_in(site)).status_code == 429


async def test_a_cookie_the_client_chose_is_no_session(site: Site, account: int) -> None:
    browser = site.browser()
    browser.cookies.set(COOKIE, "a" * 43)
    assert (await browser.get("/accounts")).status_code == 303
    answer = await browser.post("/sign-in", data={"username": "clerk", "password": PASSWORD})
    assert answer.cookies[COOKIE] != "a" * 43


async def test_signing_in_again_ends_the_session_the_browser_had(site: Site, account: int) -> None:
    first = await sign_in(site)
    browser = site.browser()
    browser.cookies.set(COOKIE, first.cookies[COOKIE])
    page = await browser.get("/accounts")
    token = page.text.split('name="_csrf" value="')[1].split('"')[0]
    await browser.post("/sign-in", data={"username": "clerk", "password": PASSWORD, "_csrf": token})
    stale = await site.browser().get("/accounts", cookies={COOKIE: first.cookies[COOKIE]})
    assert stale.status_code == 303


async def test_signing_out_ends_the_session_in_the_database(site: Site) -> None:
    browser = await site.sign_in(Role.BUREAU)
    cookie = browser.cookies[COOKIE]
    await browser.submit("/sign-out")
    assert await SignInSession.count().where(SignInSession.ended_at.is_null()) == 0
    assert (await site.browser().get("/accounts", cookies={COOKIE: cookie})).status_code == 303


@pytest.mark.parametrize("token", ["", "wrong"])
async def test_a_form_without_the_sessions_own_token_changes_nothing(site: Site, token: str) -> None:
    browser = await site.sign_in(Role.BUREAU)
    answer = await browser.post("/accounts/new", data={"_csrf": token, "username": "new", "password": PASSWORD})
    assert answer.status_code == 403
    assert not await Account.exists().where(Account.username == "new")


async def test_another_sessions_token_is_refused(site: Site) -> None:
    mine, other = await site.sign_in(Role.BUREAU), await site.sign_in(Role.BUREAU)
    mine.csrf = other.csrf
    assert (await mine.submit("/sign-out")).status_code == 403


async def test_a_form_sent_from_another_site_is_refused(site: Site, account: int) -> None:
    answer = await site.browser().post(
        "/sign-in",
        data={"username": "clerk", "password": PASSWORD},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403


async def test_a_sign_in_code_works_once(site: Site, account: int) -> None:
    token = await service.issue_code(SYSTEM, account, hours=1)
    tablet, second = site.browser(), site.browser()
    assert "经办人" in (await tablet.get(f"/sign-in/{token}")).text
    assert (await tablet.post(f"/sign-in/{token}")).status_code == 303
    assert (await second.post(f"/sign-in/{token}")).status_code == 410


async def test_a_newer_code_replaces_an_unused_one(site: Site, account: int) -> None:
    old = await service.issue_code(SYSTEM, account, hours=1)
    await service.issue_code(SYSTEM, account, hours=1)
    assert (await site.browser().get(f"/sign-in/{old}")).status_code == 410


async def test_a_disabled_account_is_signed_out_and_stays_out(site: Site, account: int) -> None:
    answer = await sign_in(site)
    await service.disable_account(SYSTEM, account, disabled=True)
    assert (await site.browser().get("/accounts", cookies={COOKIE: answer.cookies[COOKIE]})).status_code == 303
    assert (await sign_in(site)).status_code == 422


async def test_after_sign_in_nobody_is_sent_to_another_site(site: Site, account: int) -> None:
    answer = await sign_in(site, next="//evil.example/")
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("password", ["short", "1234567890", "my-clerk-password", "aaaaaaaaaaaa"])
async def test_a_weak_password_is_refused(site: Site, password: str) -> None:
    with pytest.raises(Refused):
        await service.create_account(SYSTEM, service.NewAccount(username="clerk", name="经办人", password=password))


async def test_a_taken_username_is_said_at_the_field_and_the_form_is_kept(site: Site, account: int) -> None:
    browser = await site.sign_in(Role.BUREAU)
    answer = await browser.submit(
        "/accounts/new", username="clerk", name="另一人", password="another horse 8", role="bureau"
    )
    assert answer.status_code == 422
    assert "登录名已有人使用" in answer.text
    assert 'value="另一人"' in answer.text


async def test_a_revoked_role_opens_nothing(site: Site) -> None:
    account_id = await site.account((Role.AUDITOR, 0))
    browser = await site.sign_in_as(account_id)
    assert (await browser.get("/accounts")).status_code == 200
    bureau = await site.sign_in(Role.BUREAU)
    page = (await bureau.get(f"/accounts/{account_id}")).text
    grant = page.split("/revoke")[0].rsplit("/", 1)[1]
    await bureau.submit(f"/accounts/{account_id}/roles/{grant}/revoke")
    assert (await browser.get("/accounts")).status_code == 403


async def test_a_refused_sign_in_is_on_record_with_its_address(site: Site, account: int) -> None:
    await sign_in(site, password="wrong horse 7")
    record = await AuditRecord.select().where(AuditRecord.action == "sign_in.failed").first()
    assert (record["user_name"], record["subject_id"], record["address"]) == ("clerk", account, "127.0.0.1")


async def test_the_language_is_chosen_by_the_address_and_kept(site: Site) -> None:
    browser = site.browser()
    assert 'lang="en"' in (await browser.get("/sign-in?lang=en")).text
    assert '<html lang="en"' in (await browser.get("/sign-in")).text


@pytest.mark.parametrize(("count"), [1, 30])
async def test_the_list_costs_the_same_number_of_queries(site: Site, count: int) -> None:
    from competition.database.connection import current_engine

    for _ in range(count - 1):
        await site.account((Role.AUDITOR, 0))
    browser = await site.sign_in(Role.BUREAU)
    before = current_engine().queries
    await browser.get("/accounts")
    assert current_engine().queries - before == 5

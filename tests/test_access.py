"""The stranger test: every route, walked as nobody and as every role it does not name."""

import re
from typing import Any

import pytest

from competition.accounts.access import PUBLIC, SIGNED_IN, lets_in
from competition.accounts.kinds import ROLE_SCOPE, Role
from competition.app import routes
from competition.web.viewer import Grant
from tests.conftest import Site

HANDLERS = [
    (method, path, frozenset(handler.opt["who"]))
    for handler in routes()
    for path in sorted(handler.paths)
    for method in sorted(handler.http_methods - {"HEAD", "OPTIONS"})
]
GUARDED = [row for row in HANDLERS if row[2] != PUBLIC]
FOR_ROLES = [row for row in GUARDED if row[2] != SIGNED_IN]


def name_of(row: Any) -> str:
    return f"{row[0]} {row[1]}" if isinstance(row, tuple) else str(row)


def an_address(path: str) -> str:
    """The path with ids that no row has."""
    return re.sub(r"\{\w+:(\w+)\}", lambda found: "999999" if found[1] == "int" else "nobody", path)


async def test_nobody_gets_past_sign_in_anywhere(site: Site) -> None:
    browser = site.browser()
    let_in = []
    for method, path, _who in GUARDED:
        answer = await browser.request(method, an_address(path))
        if answer.status_code != 303 or not answer.headers["location"].startswith("/sign-in"):
            let_in.append((method, path, answer.status_code))
    assert let_in == []


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_the_route_does_not_name_is_shut_out(site: Site, role: Role) -> None:
    """Every route without a path parameter answers 403; with one, 403 or 404."""
    browser = await site.sign_in(role, 1 if ROLE_SCOPE[role] else 0)
    let_in = []
    for method, path, who in FOR_ROLES:
        if role in who:
            continue
        answer = await browser.request(method, an_address(path), headers={"X-CSRF-Token": browser.csrf})
        if answer.status_code not in ((403, 404) if "{" in path else (403,)):
            let_in.append((method, path, answer.status_code))
    assert let_in == []


@pytest.mark.parametrize("row", [row for row in GUARDED if row[0] != "GET"], ids=name_of)
async def test_a_change_needs_the_sessions_token(site: Site, row: tuple[str, str, frozenset[str]]) -> None:
    method, path, who = row
    role = Role.BUREAU if who == SIGNED_IN else Role(sorted(who)[0])
    browser = await site.sign_in(role, 1 if ROLE_SCOPE[role] else 0)
    assert (await browser.request(method, an_address(path))).status_code == 403


SCOPED = [role for role in Role if ROLE_SCOPE[role]]


@pytest.mark.parametrize("role", SCOPED)
def test_a_grant_for_another_scope_does_not_let_in(role: Role) -> None:
    kind = ROLE_SCOPE[role]
    grant = Grant(role, kind, 1)
    assert lets_in([grant], frozenset({role}), {kind: 1}) == role
    assert lets_in([grant], frozenset({role}), {kind: 2}) == ""
    assert lets_in([grant], frozenset({"bureau"}), {kind: 1}) == ""

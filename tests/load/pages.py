"""How long the common pages take at demo size: `python -m tests.load.pages`.

Builds the demo in a folder of its own, starts the real server, signs in once per role and asks for every page in turn,
one client, interleaved rounds. The bare ceiling of the same run is a static file. Prints medians; gates nothing.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx
from rich.console import Console

from competition.app import connect_rooms
from competition.audit.write import SYSTEM
from competition.contests.tables import Contest
from competition.database.connection import migrate, open_database
from competition.demo import build
from competition.marking.tables import Sheet
from competition.people.vault import open_vault
from competition.subsidies.exports import working_list
from competition.subsidies.service import draft_batch
from competition.subsidies.tables import SubsidyBatch
from tests.serving import Server

PAGES: dict[str, tuple[str, ...]] = {
    "": ("/", "/results/{token}", "/results/{token}/1"),
    "bureau": (
        "/desk", "/contests", "/contests/1", "/contests/1/results", "/skills/1", "/units", "/units/1", "/persons",
        "/persons/1", "/pools/judge", "/pools/winner", "/subsidies", "/subsidies/1", "/promotions", "/seedlings",
        "/rules", "/accounts", "/releases",
    ),
    "organiser": ("/desk", "/contests/1/entries", "/contests/5/entries", "/contests/6", "/rooms"),
    "chief": ("/desk", "/stages/{stage}/room"),
    "judge": ("/judge", "/sheets/{sheet}"),
    "registrar": ("/desk", "/my-entries", "/my-subsidies"),
}  # fmt: skip
BUDGET_MS = 40


async def make(folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Build the demo, print what that and the largest batch cost; the usernames by role, and ids for addresses."""
    address = str(folder / "competition.sqlite3")
    connect_rooms()
    await migrate(address)
    open_vault(folder)
    async with open_database(address):
        began = time.perf_counter()
        sign_ins = dict(await build.build(None, Console(quiet=True)))
        print(f"{time.perf_counter() - began:8.1f} s   the demo, built")
        await _money()
        sheet = await Sheet.select(Sheet.token, Sheet.stage).where(Sheet.state == "open").order_by(Sheet.id).first()
        contest = await Contest.select(Contest.token).where(Contest.id == 1).first()
        assert sheet is not None
        assert contest is not None
    ids = {"token": contest["token"], "sheet": sheet["token"], "stage": str(sheet["stage"])}
    return sign_ins, ids


async def _money() -> None:
    """The drafted batch is computed again, the largest one exported."""
    national = await SubsidyBatch.select(SubsidyBatch.contest).where(SubsidyBatch.state == "drafted").first()
    municipal = await SubsidyBatch.select(SubsidyBatch.id).where(SubsidyBatch.tier == "municipal").first()
    assert national is not None
    assert municipal is not None
    began = time.perf_counter()
    await draft_batch(SYSTEM, national["contest"])
    computed = time.perf_counter() - began
    began = time.perf_counter()
    await working_list(SYSTEM, municipal["id"], "measuring")
    print(f"{computed:8.2f} s   a batch of 18 lines, computed again")
    print(f"{time.perf_counter() - began:8.2f} s   the working list of 1005 lines, exported")


def sign_in(url: str, username: str) -> httpx.Client:
    client = httpx.Client(base_url=url)
    if username:
        answer = client.post("/sign-in", data={"username": username, "password": build.PASSWORD})
        assert answer.status_code == 303, answer.status_code
    return client


def milliseconds(ask: Callable[[], httpx.Response]) -> float:
    began = time.perf_counter()
    answer = ask()
    elapsed = (time.perf_counter() - began) * 1000
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.request.url}: {answer.status_code}")
    return elapsed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sign_ins, ids = asyncio.run(make(folder))
        names = {"": "", **{role: sign_ins[{"chief": "chief_judge"}.get(role, role)] for role in PAGES if role}}
        with Server(folder) as server:
            clients = {role: sign_in(server.url, username) for role, username in names.items()}
            asks = [(role, path.format(**ids)) for role, paths in PAGES.items() for path in paths]
            bare = clients[""].get("/sign-in").text.split('rel="stylesheet" href="')[1].split('"')[0]
            found: dict[tuple[str, str], list[float]] = {("", bare): [], **{ask: [] for ask in asks}}
            for _ in range(asked.rounds):
                for role, path in found:
                    found[role, path].append(milliseconds(lambda role=role, path=path: clients[role].get(path)))
    floor = statistics.median(found["", bare])
    print(f"{floor:8.1f} ms  a static file, the floor of this run")
    for (role, path), times in sorted(found.items(), key=lambda item: -statistics.median(item[1])):
        median = statistics.median(times)
        print(f"{median:8.1f} ms  {'over ' if median > BUDGET_MS else ''}{role or 'public':<10} {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""How fast marks are saved, beside the same request that stores nothing and beside the bare framework.

    python -m tests.load.benchmark [--seconds 3] [--rounds 5]

Needs wrk. The three servers stand side by side and take turns, because timings on a shared machine swing: what counts
are the ratios.
"""

import argparse
import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

import httpx
import msgspec

from competition.accounts.kinds import Role
from competition.accounts.sessions import COOKIE, csrf_token, start_session
from competition.audit.write import SYSTEM, write
from competition.database.connection import migrate, open_database
from competition.marking.service import AspectDraft, PartDraft, SchemeDraft
from competition.people.vault import open_vault
from tests.marking_stage import aspect_ids, drawn_stage, judge_actor, official, sheets_of
from tests.serving import Server, free_port

CONTESTANTS, JUDGES, ASPECTS = 160, 5, 50
TARGET = 0.75
CONNECTIONS = (1, 32)
PAGES_ASKED = 40
BARE, NOTHING, SAVE = "bare framework", "checked, not stored", "mark saved"

SCHEME = SchemeDraft(
    parts=(
        PartDraft(code="T", name="理论", source="import", weight=Decimal(30), maximum=Decimal(100)),
        PartDraft(
            code="P", name="实操", source="panel", weight=Decimal(70), maximum=Decimal(2 * ASPECTS),
            aggregation="trimmed", drop_highest=1, drop_lowest=1,
            aspects=tuple(AspectDraft(f"A{n}", f"评分项 {n}", Decimal(2), Decimal("0.5")) for n in range(ASPECTS)),
        ),
    )
)  # fmt: skip


class Prepared(msgspec.Struct, frozen=True):
    places: Path
    judge: str
    chief: str
    sheet: str
    stage_id: int


class Measured(msgspec.Struct, frozen=True):
    """`cpu_ms` is the processor time of the server per request, which a busy machine distorts least."""

    rate: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float


async def prepare(data: Path, database: str) -> Prepared:
    """A stage of 160 contestants, 5 judges and 50 aspects: 40 000 marks to give."""
    await migrate(database)
    open_vault(data)
    async with open_database(database):
        stage = await drawn_stage(CONTESTANTS, JUDGES, scheme=SCHEME)  # type: ignore[arg-type]  # passed through
        chief = await official(Role.CHIEF_JUDGE, stage.skill_id, "裁判长")
        aspects = await aspect_ids(stage.stage_id)
        lines, sessions, sheet = [], {}, ""
        for seat in range(1, JUDGES + 1):
            sessions[seat] = await _session((await judge_actor(stage.panel_id, seat)).user_id)
            for row in await sheets_of(stage.panel_id, seat):
                sheet = sheet or str(row["token"])
                lines += [
                    f"{row['token']} {aspect} {sessions[seat]} {csrf_token(sessions[seat])}"
                    for aspect in aspects.values()
                ]
        places = data / "places"
        places.write_text("\n".join(lines))
        return Prepared(places, sessions[1], await _session(chief.user_id), sheet, stage.stage_id)


async def _session(account_id: int | None) -> str:
    assert account_id is not None
    async with write(SYSTEM) as change:
        return await start_session(change, account_id, "code", 4)


class Beside:
    """An application of the benchmark, served by granian as the product is."""

    def __init__(self, factory: str, database: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [
            sys.executable, "-m", "granian", f"tests.load.nothing_stored:{factory}", "--factory", "--interface", "asgi",
            "--port", str(self.port), "--workers", "1", "--log-level", "warning",
        ]  # fmt: skip
        self.process = subprocess.Popen(command, env=os.environ | {"COMPETITION_DATABASE": database})
        self._wait()

    def _wait(self) -> None:
        for _ in range(300):
            try:
                httpx.get(self.url)
                return
            except httpx.TransportError:
                time.sleep(0.1)
        raise TimeoutError(self.url)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


def cpu_seconds(pid: int) -> float:
    """Of a process and all that descend from it."""
    parents, spent = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # ended meanwhile
            continue
        parents[int(stat.parent.name)] = int(fields[1])
        spent[int(stat.parent.name)] = int(fields[11]) + int(fields[12])
    family = {pid}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(spent[each] for each in family) / os.sysconf("SC_CLK_TCK")


def storm(
    server: "Server | Beside", places: Path, connections: int, seconds: int, word: str, begin: int
) -> tuple[Measured, int]:
    """The figures, and the first place that is surely untouched. Raises RuntimeError for a request not answered 200."""
    script = Path(__file__).parent / "marks.lua"
    command = [
        "wrk",
        "-t1",
        f"-c{connections}",
        f"-d{seconds}s",
        "-s",
        str(script),
        server.url,
        "--",
        str(places),
        word,
    ]
    before = cpu_seconds(server.process.pid)
    printed = subprocess.run([*command, str(begin)], capture_output=True, text=True, check=True).stdout
    spent = cpu_seconds(server.process.pid) - before
    line = next(line for line in printed.splitlines() if line.startswith("result "))
    requests, duration, p50, p99, refused, broken = (int(part) for part in line.split()[1:])
    if refused or broken:
        raise RuntimeError(f"{server.url}: {refused} refused, {broken} broken of {requests}\n{printed}")
    figures = Measured(requests / (duration / 1e6), p50 / 1000, p99 / 1000, spent / requests * 1000)
    return figures, begin + requests + 2 * connections


def measure_pages(server: Server, ready: Prepared) -> list[tuple[str, float]]:
    pages = [
        ("/judge", ready.judge),
        (f"/sheets/{ready.sheet}", ready.judge),
        (f"/stages/{ready.stage_id}/room", ready.chief),
        (f"/stages/{ready.stage_id}/room/live", ready.chief),
        (f"/stages/{ready.stage_id}/scheme", ready.chief),
        ("/rooms", ready.chief),
    ]
    measured = []
    for path, session in pages:
        with httpx.Client(base_url=server.url, headers={"Cookie": f"{COOKIE}={session}"}) as client:
            taken = []
            for _ in range(PAGES_ASKED):
                begun = time.perf_counter()
                client.get(path).raise_for_status()
                taken.append((time.perf_counter() - begun) * 1000)
        measured.append((path, statistics.median(taken)))
    return measured


def rounds(
    servers: dict[str, "Server | Beside"], places: Path, seconds: int, count: int
) -> dict[tuple[str, int], list[Measured]]:
    """Each server in turn, so that a slow moment of the machine falls on all of them."""
    measured: dict[tuple[str, int], list[Measured]] = {}
    begin = 0
    available = len(places.read_text().splitlines())
    for turn in range(count):
        for connections in CONNECTIONS:
            for name, server in servers.items():
                start = begin if name == SAVE else 0
                figures, reached = storm(
                    server, places, connections, seconds, f"{turn}-{connections}-{name[:4]}", start
                )
                measured.setdefault((name, connections), []).append(figures)
                begin = reached if name == SAVE else begin
                if begin > available:
                    raise RuntimeError(f"{begin} marks saved, {available} places: fewer seconds or rounds")
    return measured


def report(measured: dict[tuple[str, int], list[Measured]], pages: list[tuple[str, float]]) -> bool:
    """Print the tables; whether the target is met at every number of connections."""
    print(f"{'':22}{'c':>4}{'req/s':>10}{'best':>10}{'p50 ms':>10}{'p99 ms':>10}{'CPU ms':>10}")
    for (name, connections), figures in sorted(measured.items(), key=lambda each: (each[0][1], each[1][0].p50_ms)):
        rate = statistics.median(each.rate for each in figures)
        best = max(each.rate for each in figures)
        p50 = statistics.median(each.p50_ms for each in figures)
        p99 = statistics.median(each.p99_ms for each in figures)
        cpu = statistics.median(each.cpu_ms for each in figures)
        print(f"{name:22}{connections:>4}{rate:>10.0f}{best:>10.0f}{p50:>10.2f}{p99:>10.2f}{cpu:>10.3f}")
    met = True
    for connections in CONNECTIONS:
        pairs = list(zip(measured[SAVE, connections], measured[NOTHING, connections], strict=True))
        ratio = statistics.median(save.rate / nothing.rate for save, nothing in pairs)
        best = max(save.rate for save, _ in pairs) / max(nothing.rate for _, nothing in pairs)
        cpu = statistics.median(nothing.cpu_ms / save.cpu_ms for save, nothing in pairs)
        met = met and ratio >= TARGET
        print(f"saved / not stored at c={connections}: {ratio:.0%}, best {best:.0%}, by CPU {cpu:.0%}")
    print(f"target: {TARGET:.0%}")
    print()
    for path, median in pages:
        print(f"{median:8.1f} ms  {path}")
    return met


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--database", default="", help="postgresql://… of an empty database; SQLite without")
    asked = parser.parse_args()
    if shutil.which("wrk") is None:
        parser.error("wrk is not installed")
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        database = asked.database or str(data / "competition.sqlite3")
        ready = asyncio.run(prepare(data, database))
        beside = {BARE: Beside("bare", database), NOTHING: Beside("nothing_stored", database)}
        try:
            with Server(data, database) as server:
                pages = measure_pages(server, ready)
                measured = rounds({**beside, SAVE: server}, ready.places, asked.seconds, asked.rounds)
        finally:
            for each in beside.values():
                each.stop()
    return 0 if report(measured, pages) else 1


if __name__ == "__main__":
    sys.exit(main())

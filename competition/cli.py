"""The command line: everything an officer may want without a browser."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from competition import settings as settings_module
from competition.accounts import service as accounts
from competition.accounts.kinds import Role
from competition.app import connect_rooms
from competition.audit.write import SYSTEM
from competition.contests.kinds import Tier
from competition.database.connection import migrate as migrate_database
from competition.database.connection import open_database
from competition.database.migrate import SchemaChanged
from competition.marking.marks_file import WrongFile
from competition.people.reference import load_reference
from competition.people.vault import open_vault
from competition.problems import Missing, Problem, Refused
from competition.rulebook import service as rulebook
from competition.settings import BadSetting, Settings
from competition.subsidies import exports as subsidy_exports
from competition.web.i18n import CHINESE, ENGLISH, said, speaking

console = Console(stderr=True, highlight=False)

DATA = click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Folder of the data.")


def spoken(problem: Problem) -> str:
    """In Chinese where the terminal is Chinese, else in English like the rest of the command line."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    with speaking(CHINESE if locale.startswith("zh") else ENGLISH):
        return said(problem)


class Group(click.Group):
    """Errors a person can mend are said in one line, without a trace."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except WrongFile as wrong:
            lines = [f"line {each.line}, {each.column or 'heading'}: {spoken(each.problem)}" for each in wrong.found]
            raise click.ClickException("\n".join(lines)) from wrong
        except Refused as refused:
            raise click.ClickException("; ".join(map(spoken, refused.problems))) from refused
        except Missing as missing:
            raise click.ClickException(f"no such {missing}") from missing
        except (BadSetting, SchemaChanged) as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="competition")
def main() -> None:
    """Runs vocational skills competitions, from registration to subsidies and promotions."""


def read_settings(**given: Any) -> Settings:
    return settings_module.from_environment(**given)


def run(settings: Settings, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Bring the database up to date, open it and the vault, and run `work` on it."""

    async def opened() -> Any:
        await migrate_database(settings.database_address)
        open_vault(settings.data)
        async with open_database(settings.database_address):
            return await work()

    settings.data.mkdir(parents=True, exist_ok=True)
    connect_rooms()
    return asyncio.run(opened())


async def load_seeds() -> None:
    await load_reference(SYSTEM)
    await rulebook.load_seeds(SYSTEM)


@main.command()
@DATA
def migrate(data: Path | None) -> None:
    """Bring the database to the newest schema."""
    settings = read_settings(data=data)
    settings.data.mkdir(parents=True, exist_ok=True)
    applied = asyncio.run(migrate_database(settings.database_address))
    click.echo(f"applied: {', '.join(applied)}" if applied else "already up to date")


@main.command()
@DATA
def seed(data: Path | None) -> None:
    """Load the reference data and rule documents of seeds/; what is there already stays."""
    run(read_settings(data=data), load_seeds)
    click.echo("seeds loaded")


@main.command("create-user")
@DATA
@click.option("--username", required=True)
@click.option("--name", required=True, help="The name shown on pages.")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--scope", "scope_id", type=int, default=0, help="Number of the contest, skill, panel, unit or person.")
@click.password_option()
def create_user(data: Path | None, username: str, name: str, role: str, scope_id: int, password: str) -> None:
    """Create an account with one role."""

    async def work() -> int:
        new = accounts.NewAccount(username=username, name=name, password=password)
        account_id = await accounts.create_account(SYSTEM, new)
        await accounts.grant_role(SYSTEM, account_id, Role(role), scope_id)
        return account_id

    account_id = run(read_settings(data=data), work)
    click.echo(f"account {account_id}: {username} ({role})")


@main.command()
@DATA
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int)
def serve(data: Path | None, host: str | None, port: int | None) -> None:
    """Serve the web application; the schema is brought up to date first."""
    settings = read_settings(data=data, host=host, port=port)
    run(settings, load_seeds)
    serve_forever(settings)


def serve_forever(settings: Settings) -> None:
    """One worker: SQLite has one writing process. Returns when told to stop."""
    from granian import Granian
    from granian.constants import Interfaces

    for name in ("data", "database", "host", "port", "public_url"):
        os.environ[settings_module.variable(name)] = str(getattr(settings, name))
    click.echo(f"serving {settings.url}", err=True)
    Granian(
        "competition.app:from_environment",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=1,
        backlog=4096,
        backpressure=20000,
        workers_kill_timeout=5,
        websockets=False,
        log_level="warning",  # type: ignore[arg-type]  # granian takes the name
    ).serve()


@main.command()
@DATA
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int)
@click.option("--seed", "seed_number", type=int, default=None, help="Same seed, same data.")
@click.option("--build-only", is_flag=True, help="Make the data and stop.")
def demo(data: Path | None, host: str | None, port: int | None, seed_number: int | None, build_only: bool) -> None:
    """Make a city's worth of fictitious contests, then serve them."""
    from competition.demo import build
    from competition.documents.qr import qr_terminal

    settings = read_settings(data=data or Path("demo"), host=host, port=port)
    sign_ins = run(settings, lambda: build.build(seed_number, console))
    for role, username in sign_ins:
        click.echo(f"{role:<18} {username:<14} {build.PASSWORD}")
    if build_only:
        return
    click.echo(qr_terminal(settings.url), err=True)
    serve_forever(settings)


FILE = click.Path(exists=True, path_type=Path, dir_okay=False)


@main.command()
@click.option("--scheme", "scheme_path", type=FILE, required=True, help="A scheme as TOML, or a CIS workbook.")
@click.option("--marks", "marks_path", type=FILE, required=True, help="The judges' marks as CSV.")
@click.option("--contestants", "contestants_path", type=FILE, help="Who took part, as CSV.")
@click.option("--aspects", is_flag=True, help="The score of every aspect too.")
@click.option("--json", "as_json", is_flag=True, help="JSON instead of CSV.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="A file instead of the screen.")
def score(
    scheme_path: Path, marks_path: Path, contestants_path: Path | None, aspects: bool, as_json: bool, out: Path | None
) -> None:
    """Score a set of marks against a scheme, without a database: rank, total and parts of everyone."""
    from competition.results import scoring_files

    scheme = scoring_files.scheme_of(scheme_path.name, scheme_path.read_bytes())
    contestants = contestants_path.read_bytes() if contestants_path else None
    field = scoring_files.score_files(scheme, marks_path.read_bytes(), contestants)
    written = scoring_files.as_json if as_json else scoring_files.as_csv
    text = written(field, aspects=aspects)
    if out:
        try:
            out.write_text(text, encoding="utf-8")
        except OSError as error:
            raise click.ClickException(f"{out}: {error.strerror}") from error
        click.echo(f"wrote {out}", err=True)
    else:
        click.echo(text, nl=False)
    blank = [line.contestant for line in field.lines if line.gaps and not line.absent]
    if blank:
        click.echo(f"no total for {len(blank)}: {', '.join(blank[:10])}", err=True)


@main.command("export-bundle")
@DATA
@click.argument("contest_id", metavar="CONTEST", type=int)
@click.option("--out", type=click.Path(path_type=Path), help="A folder, or a file that ends in .zip.")
def export_bundle(data: Path | None, contest_id: int, out: Path | None) -> None:
    """Write a contest's scheme, draws, marks, rules and released results as plain files without names."""
    from competition.results.bundle import bundle_of, write_bundle

    files = run(read_settings(data=data), lambda: bundle_of(contest_id))
    target = out or Path(f"contest-{contest_id}.zip")
    if target.is_dir() and any(target.iterdir()):
        raise click.ClickException(f"{target} is not empty")
    write_bundle(files, target)
    click.echo(f"wrote {target}: {len(files)} files")


@main.command()
@click.argument("bundle", type=click.Path(exists=True, path_type=Path))
@click.option("--all", "every", is_flag=True, help="Name every difference, not only the first.")
def recompute(bundle: Path, every: bool) -> None:
    """Work the results of a bundle out again from its marks alone: equal, or the first difference."""
    from competition.results.bundle import read_bundle
    from competition.results.recompute import recompute as recompute_files

    found = recompute_files(read_bundle(bundle))
    told = f"{found.stages} stages, {found.lines} results, {found.marks} mark revisions"
    if found.recorded:
        told += f"; {found.recorded} recorded from documents are not recomputed"
    if not found.differences:
        click.echo(f"equal: {told}")
        return
    for difference in found.differences if every else found.differences[:1]:
        click.echo(f"different: {difference}")
    click.echo(f"{len(found.differences)} differences in {told}")
    raise SystemExit(1)


@main.group()
def export() -> None:
    """Write lists as workbooks."""


@export.command("subsidies")
@DATA
@click.option("--tier", type=click.Choice([tier.value for tier in Tier if tier != Tier.BASE]), required=True)
@click.option("--year", type=int, required=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
@click.option("--public", is_flag=True, help="The masked list for publication.")
def export_subsidies(data: Path | None, tier: str, year: int, out: Path, public: bool) -> None:
    """The subsidy list of a tier and year: one row per person, and one sheet by unit."""
    content = run(read_settings(data=data), lambda: subsidy_exports.export_year(tier, year, public))
    out.write_bytes(content)
    click.echo(f"wrote {out}")


if __name__ == "__main__":
    sys.exit(main())

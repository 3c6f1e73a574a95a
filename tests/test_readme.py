"""The README tells the truth: its settings, commands and layout are those of the program."""

import re
from pathlib import Path

import click
import msgspec
from click.testing import CliRunner

from competition.accounts.kinds import Role
from competition.cli import main
from competition.settings import Settings, variable

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")


def test_every_setting_stands_in_the_table_with_its_default() -> None:
    rows = re.findall(r"^\| `(COMPETITION_\w+)` \|(.*?)\|", README, re.MULTILINE)
    listed = {name: default.strip() for name, default in rows}
    declared = {}
    for field in msgspec.structs.fields(Settings):
        default = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
        declared[variable(field.name)] = f"`{default}`" if default else ""
    assert listed == declared


def commands(group: click.Group, before: str = "competition") -> set[str]:
    found = set()
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found |= commands(command, f"{before} {name}")
        else:
            found.add(f"{before} {name}")
    return found


def test_every_command_stands_in_the_table() -> None:
    rows = re.findall(r"^\| `(competition [a-z -]+?)(?: [\[A-Z-]| --|`)", README, re.MULTILINE)
    assert {row.strip() for row in rows} == commands(main)


def test_every_option_the_table_names_exists() -> None:
    for row in re.findall(r"^\| `(competition .*?)` \|", README, re.MULTILINE):
        words = [word for word in re.split(r"[ \[\]]+", row) if word]
        command: click.Command = main
        for word in words[1:]:
            if isinstance(command, click.Group) and word in command.commands:
                command = command.commands[word]
        options = {name for option in command.params for name in option.opts}
        assert {word for word in words if word.startswith("--")} <= options


def test_every_role_stands_in_the_table() -> None:
    table = README.split("## Roles")[1].split("## ")[0].lower().replace(" ", "_")
    assert [role for role in Role if role.value not in table and role is not Role.REGISTRAR] == []


def test_every_room_stands_in_the_layout() -> None:
    layout = README.split("## Layout")[1]
    rooms = {path.parent.name for path in (Path(__file__).parent.parent / "competition").glob("*/__init__.py")}
    assert {room for room in rooms if room not in layout} == set()


def block(language: str, beginning: str) -> str:
    found = [text for text in re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL) if text.startswith(beginning)]
    assert len(found) == 1
    return found[0]


def test_the_scoring_example_gives_what_is_printed(tmp_path: Path) -> None:
    (tmp_path / "scheme.toml").write_text(block("toml", "# scheme.toml"), "utf-8")
    (tmp_path / "marks.csv").write_text(block("csv", "contestant"), "utf-8")
    command, _, printed = block("console", "$ competition score").partition("\n")
    arguments = [str(tmp_path / word) if "." in word else word for word in command.split()[2:]]
    result = CliRunner().invoke(main, arguments)
    assert result.stdout == printed

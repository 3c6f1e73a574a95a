"""The house: rooms import downward only, rules are pure, and nothing writes but through `write`."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "competition"

# Ground first. Rooms on one line never import each other.
LEVELS = [
    ("problems", "exact", "clock"),
    ("settings",),
    ("database", "documents"),
    ("audit",),
    ("web",),
    ("accounts",),
    ("rulebook",),
    ("people",),
    ("contests",),
    ("entries",),
    ("marking",),
    ("results",),
    ("subsidies", "promotions", "seedlings"),
    ("public",),
    ("dashboard",),
    ("demo",),
    ("app",),
    ("cli",),
]
LEVEL = {room: number for number, rooms in enumerate(LEVELS) for room in rooms}
MODULES = sorted(PACKAGE.rglob("*.py"))


def imports(path: Path) -> set[str]:
    """The dotted names a module imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_rooms_below_it(path: Path) -> None:
    room = room_of(path)
    if room == "__init__":
        return
    above = set()
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "competition" or len(parts) < 2 or parts[1] not in LEVEL or parts[1] == room:
            continue
        if LEVEL[parts[1]] >= LEVEL[room]:
            above.add(name)
    assert above == set()


RULES = [path for path in MODULES if path.name == "rules.py" or "rules" in path.parent.parts[-1:]]
IMPURE = ("litestar", "piccolo", "asyncpg", "sqlite3", "jinja2", "time", "random", "secrets", "os", "asyncio")


@pytest.mark.parametrize("path", RULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_rules_know_no_database_request_or_clock(path: Path) -> None:
    found = set()
    for name in imports(path):
        parts = name.split(".")
        if parts[0] in IMPURE or parts[:2] == ["competition", "clock"]:
            found.add(name)
        if parts[0] == "competition" and {"service", "tables", "web", "audit", "database"} & set(parts[1:]):
            found.add(name)
    assert found == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_write_opens_a_transaction(path: Path) -> None:
    if path.relative_to(PACKAGE).as_posix() in ("audit/write.py",) or room_of(path) == "database":
        return
    calls = [
        node.func.attr
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    assert "transaction" not in calls
    assert "run_compiled" not in calls


def test_the_top_level_is_what_the_layout_says() -> None:
    listed = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    generated = {name for name in listed if name.endswith(".egg-info")} | {"data", "demo", "__pycache__"}
    assert listed - generated == {
        "competition", "templates", "static", "seeds", "tests", "pyproject.toml", "README.md",
    }  # fmt: skip


def test_no_drawer_without_a_domain_name() -> None:
    drawers = {"utils", "util", "common", "helpers", "helper", "misc"}
    assert [path for path in ROOT.rglob("*.py") if ".venv" not in path.parts and path.stem in drawers] == []


TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_carry_no_inline_script_or_style(path: Path) -> None:
    text = path.read_text("utf-8")
    inline = (" style=", "<style", " onclick=", " onchange=", "|safe", "autoescape false")
    assert [mark for mark in inline if mark in text] == []
    scripts = [part.split(">")[0] for part in text.split("<script")[1:]]
    assert [part for part in scripts if "src=" not in part] == []

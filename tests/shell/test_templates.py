"""What a strict content policy and the icon sheet ask of every template, read from the files."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "static"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((STATIC / "css").glob("*.css"))

INLINE = re.compile(
    r"""\sstyle\s*=|<style\b|<script\b(?![^>]*\bsrc=)|\son[a-z]+\s*=\s*["']|javascript:""", re.IGNORECASE
)
EVALUATED = re.compile(r"""\bhx-on\b|=\s*["']js:|hx-trigger\s*=\s*["'][^"']*\[""")
FOREIGN = re.compile(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//""")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_template_needs_no_inline_code_or_style(template: Path) -> None:
    assert INLINE.findall(template.read_text()) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_template_uses_no_htmx_feature_that_evaluates_text(template: Path) -> None:
    assert EVALUATED.findall(template.read_text()) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_template_loads_nothing_from_elsewhere(template: Path) -> None:
    assert FOREIGN.findall(template.read_text()) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_icons_and_assets_named_in_template_exist(template: Path) -> None:
    text = template.read_text()
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))
    assert set(re.findall(r'\bicon\("([^"]+)"\)', text)) - drawn == set()
    assert [path for path in re.findall(r"asset\('([^']+)'\)", text) if not (STATIC / path).is_file()] == []


@pytest.mark.parametrize("style", STYLES, ids=named)
def test_style_uses_only_tokens_that_are_defined(style: Path) -> None:
    defined = {token for path in STYLES for token in re.findall(r"(--[\w-]+)\s*:", path.read_text())}
    assert set(re.findall(r"var\((--[\w-]+)", style.read_text())) - defined == set()


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


LIGHT = dict(
    re.findall(r"(--[\w-]+):\s*(#[0-9a-f]{6})", (STATIC / "css" / "tokens.css").read_text().split("[data-")[0])
)


@pytest.mark.parametrize(
    ("text", "ground", "least"),
    [("--ink", "--paper", 7), ("--ink-2", "--paper-3", 4.5), ("--ink-3", "--paper", 4.5), ("--ink-3", "--paper-2", 4.5)]
    + [("--ink-3", "--paper-3", 4.5), ("--accent", "--accent-soft", 4.5), ("--accent-on", "--accent", 4.5)]
    + [(f"--{state}", f"--{state}-soft", 4.5) for state in ("ok", "warn", "danger")]
    + [("--medal-ink", f"--{medal}", 4.5) for medal in ("gold", "silver", "bronze")]
    + [("--control-line", "--paper", 3)],
)
def test_contrast(text: str, ground: str, least: float) -> None:
    assert _contrast(LIGHT[text], LIGHT[ground]) >= least


def test_vendored_file_is_the_one_its_readme_names() -> None:
    readme = (STATIC / "vendor" / "README.md").read_text()
    for path in (STATIC / "vendor").glob("*.js"):
        assert path.name in readme
        assert hashlib.sha256(path.read_bytes()).hexdigest() in readme

"""Every text for people has its English, with the same parameters; no text is left unmarked."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from competition.web.i18n import CATALOGUE

ROOT = Path(__file__).parent.parent
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
CODE = re.compile(r"[a-z_]+")  # gettext(NAMES[row["state"]]): a key inside the brackets, not a text

# Files whose Chinese is not said in the reader's language, each with why.
CHINESE_BY_NATURE = {
    "competition/audit/write.py": "the name of the system itself in the audit trail",
    "competition/contests/web/stages.py": "a pattern for what people type",
    "competition/dashboard/tiles.py": "districts, by name as in the data",
    "competition/documents/capital.py": "amounts in capital numerals are Chinese",
    "competition/documents/sheet_headings.py": "a pattern for headings",
    "competition/documents/template_workbook.py": "the official template; an English one gives its own words",
    "competition/documents/workbook_writing.py": "signs with which a formula can start",
    "competition/entries/rules/finalist_rows.py": "words accepted in a sheet",
    "competition/entries/rules/sheet.py": "words accepted in a sheet",
    "competition/entries/rules/sheet_words.py": "words accepted in a sheet",
    "competition/entries/service/annotating.py": "the unit's own sheet, handed back",
    "competition/entries/service/columns.py": "the official template and its English twin",
    "competition/entries/service/finalist_sheet.py": "the official template and its English twin",
    "competition/marking/cis_aspects.py": "words accepted in a sheet",
    "competition/marking/cis_cells.py": "headings accepted in a sheet",
    "competition/marking/cis_tables.py": "headings accepted in a sheet",
    "competition/marking/cis_writing.py": "signs with which a formula can start",
    "competition/marking/marks_file.py": "headings and words accepted in a file",
    "competition/marking/rules/entry.py": "patterns for what people type",
    "competition/marking/service/import_sheet.py": "headings accepted in a sheet",
    "competition/people/pinyin.py": "surnames",
    "competition/people/web/pools.py": "a pattern for what people type",
    "competition/problems.py": "the comma of a problem not yet translated",
    "competition/promotions/reads.py": "the label of a condition, a key marked where it is made",
    "competition/promotions/service.py": "honours as they are stored",
    "competition/results/boards.py": "team and members, with the English name beside",
    "competition/results/recorded_workbook.py": "headings and words accepted in a sheet",
    "competition/results/rules/published_table.py": "a pattern for what people type",
    "competition/results/rules/year_on_year.py": "how editions are numbered in names",
    "competition/settings.py": "the name of the product, with the English one beside",
    "competition/subsidies/exports.py": "the lists handed to the finance bureau are Chinese documents",
    "competition/subsidies/web/lists.py": "their file names",
    "templates/_components/ui.html": "signs of medals, with the English letters beside",
    "templates/_layout/base.html": "the language switch names each language in itself",
    "templates/entries/badges.html": "badges are printed in both languages",
}


def extracted() -> Iterator[tuple[str, ...]]:
    """The texts marked for translation in the program and its templates."""
    for folder, method in ((ROOT / "competition", "python"), (ROOT / "templates", "jinja2")):
        for _, _, message, _, _ in extract_from_dir(
            folder, [("**.py", method), ("**.html", method)], keywords=KEYWORDS, directory_filter=lambda _: True
        ):
            yield message if isinstance(message, tuple) else (message,)


TEXTS = sorted({texts for texts in extracted() if texts[0] and not CODE.fullmatch(texts[0])})


def english() -> dict[str, tuple[str, ...]]:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="en")
    found = {}
    for message in catalogue:
        if message.id and not message.fuzzy:
            key = message.id if isinstance(message.id, str) else message.id[0]
            found[key] = (message.string,) if isinstance(message.string, str) else tuple(message.string)
    return found


ENGLISH = english()


def parameters(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_there_are_texts() -> None:
    assert len(TEXTS) > 1500


@pytest.mark.parametrize("texts", TEXTS, ids=lambda texts: texts[0][:40])
def test_a_text_has_its_english(texts: tuple[str, ...]) -> None:
    said = ENGLISH.get(texts[0], ("",))
    assert all(said), "no English for this text in competition/web/locales/en.po"
    assert len(said) == len(texts), "one text cannot be both counted and not counted"
    for text in said:
        assert parameters(text) == parameters(texts[0])
        assert not CHINESE.search(text)


def test_the_catalogue_holds_no_text_the_program_has_lost() -> None:
    assert set(ENGLISH) - {texts[0] for texts in TEXTS} == set()


def unmarked_in_program(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    fine: set[ast.expr] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            fine.add(node.value)  # a docstring
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
            fine.update(node.args)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in fine:
            yield node.value


def unmarked_in_template(source: str) -> Iterator[str]:
    tree = Environment(autoescape=True).parse(source)
    fine: set[int] = set()
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in KEYWORDS:
            fine.update(id(text) for text in call.args)
    for node in tree.find_all((nodes.TemplateData, nodes.Const)):
        text = node.data if isinstance(node, nodes.TemplateData) else node.value
        if isinstance(text, str) and id(node) not in fine:
            yield text


def unmarked(file: Path) -> list[str]:
    source = file.read_text(encoding="utf-8")
    texts = unmarked_in_program(source) if file.suffix == ".py" else unmarked_in_template(source)
    return [text for text in texts if CHINESE.search(text)]


FILES = {
    str(file.relative_to(ROOT)): file
    for file in sorted([*(ROOT / "competition").rglob("*.py"), *(ROOT / "templates").rglob("*.html")])
    if "demo" not in file.parts  # the demo's people, units and contests are data
}


@pytest.mark.parametrize("name", sorted(FILES.keys() - CHINESE_BY_NATURE.keys()))
def test_no_text_is_left_unmarked(name: str) -> None:
    assert unmarked(FILES[name]) == []


@pytest.mark.parametrize("name", sorted(CHINESE_BY_NATURE))
def test_an_exemption_is_still_needed(name: str) -> None:
    assert unmarked(FILES[name]) != []


@pytest.mark.parametrize("script", sorted((ROOT / "static" / "js").glob("*.js")), ids=lambda script: script.name)
def test_a_script_says_nothing_of_its_own(script: Path) -> None:
    """What scripts show comes from data attributes, so that it is translated with the page."""
    code = re.sub(r"//[^\n]*|/\*.*?\*/", "", script.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not CHINESE.search(code)


def test_unmarked_texts_are_found() -> None:
    assert list(unmarked_in_program('"""说明"""\nname = _("甲") + "乙"\nlabel = f"{n} 丙"')) == ["乙", " 丙"]
    assert list(unmarked_in_template('{# 说明 #}{{ _("甲") }}{{ "乙" }}丙')) == ["乙", "丙"]

"""Every text for people has its English, with the same parameters; English pages are English."""

import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from competition.web.i18n import CATALOGUE

ROOT = Path(__file__).parent.parent
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def extracted() -> Iterator[tuple[str, ...]]:
    """The texts marked for translation in the program and its templates."""
    for folder, method in ((ROOT / "competition", "python"), (ROOT / "templates", "jinja2")):
        for _, _, message, _, _ in extract_from_dir(
            folder, [("**.py", method), ("**.html", method)], keywords=KEYWORDS
        ):
            yield message if isinstance(message, tuple) else (message,)


TEXTS = sorted({texts for texts in extracted() if texts[0]})


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
    assert len(TEXTS) > 300


@pytest.mark.parametrize("texts", TEXTS, ids=lambda texts: texts[0][:40])
def test_a_text_has_its_english(texts: tuple[str, ...]) -> None:
    said = ENGLISH.get(texts[0], ("",))
    assert all(said), "no English for this text in competition/web/locales/en.po"
    assert len(said) == len(texts)
    for text in said:
        assert parameters(text) - {"n"} == parameters(texts[0]) - {"n"}
        assert not CHINESE.search(text) or "中" in texts[0]


def test_the_catalogue_holds_no_text_the_program_has_lost() -> None:
    assert set(ENGLISH) - {texts[0] for texts in TEXTS} == set()

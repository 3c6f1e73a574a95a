"""Two languages: message ids are the Chinese texts, English comes from the catalogue beside this file."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from competition.problems import Problem

CHINESE = "zh-CN"
ENGLISH = "en"
LANGUAGES = (CHINESE, ENGLISH)
CATALOGUE = Path(__file__).parent / "locales" / "en.po"

language: ContextVar[str] = ContextVar("language", default=CHINESE)


@cache
def _translations(code: str) -> NullTranslations:
    if code != ENGLISH or not CATALOGUE.exists():
        return NullTranslations()
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="en")
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def gettext(text: str, /, **params: Any) -> str:
    """`text` in the reader's language; `{name}` in it is replaced by the parameter of that name."""
    translated = _translations(language.get()).gettext(text) if text else ""
    return translated.format(**params) if params else translated


def ngettext(one: str, many: str, n: int, /, **params: Any) -> str:
    """Chinese has one form; English has two. `{n}` is the number."""
    return _translations(language.get()).ngettext(one, many, n).format(n=n, **params)


_ = gettext


def said(problem: Problem) -> str:
    """A problem in the reader's language, its parameters too where they are themselves marked texts."""
    return gettext(problem.text, **{name: _parameter(value) for name, value in problem.params.items()})


def _parameter(value: Any) -> Any:
    if isinstance(value, list):
        return gettext("、").join(str(_parameter(each)) for each in value)
    return gettext(value) if isinstance(value, str) else value


def shown(name: str, name_en: str) -> str:
    """A name of data: the English one where it is known and wanted."""
    return name_en if language.get() == ENGLISH and name_en else name


@contextmanager
def speaking(code: str) -> Iterator[None]:
    token = language.set(code)
    try:
        yield
    finally:
        language.reset(token)

"""The shared pieces, rendered: what is said, and how it is tied together for those who do not see it."""

from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from competition.problems import Problem
from competition.web import i18n
from competition.web.forms import Form

ROOT = Path(__file__).parents[2]
IMPORTS = (
    '{% import "_components/ui.html" as ui with context %}{% import "_components/forms.html" as forms with context %}'
)

Render = Callable[..., list[tuple[str, dict[str, str | None]]]]


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture
def environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"_": i18n.gettext, "ngettext": i18n.ngettext, "asset": lambda path: f"/static/{path}"}
    return environment


@pytest.fixture
def render(environment: Environment) -> Render:
    def elements(source: str, **context: Any) -> list[tuple[str, dict[str, str | None]]]:
        parser = Elements()
        parser.feed(environment.from_string(IMPORTS + source).render(lang="zh-CN", csrf_token="t0", **context))
        return parser.found

    return elements


def first(elements: list[tuple[str, dict[str, str | None]]], tag: str) -> dict[str, str | None]:
    return next(attributes for name, attributes in elements if name == tag)


def test_a_wrong_field_points_to_its_message_and_its_hint(render: Render) -> None:
    form = Form({"code": ["91"]})
    form.refuse(Problem("末位应为 3", field="code"))
    elements = render('{{ forms.text_field(form, "code", "代码", hint="18 位") }}', form=form)
    field = first(elements, "input")
    ids = {attributes.get("id") for _, attributes in elements}
    assert field["aria-invalid"] == "true"
    assert set((field["aria-describedby"] or "").split()) <= ids
    assert first(elements, "label")["for"] == field["id"]
    assert field["value"] == "91"


def test_a_right_field_claims_no_error(render: Render) -> None:
    field = first(render('{{ forms.text_field(form, "code", "代码") }}', form=Form()), "input")
    assert "aria-invalid" not in field
    assert "aria-describedby" not in field


def test_a_password_is_never_sent_back(render: Render) -> None:
    form = Form({"secret": ["typed"]})
    elements = render('{{ forms.text_field(form, "secret", "密码", type="password") }}', form=form)
    assert first(elements, "input")["value"] == ""


def test_what_was_chosen_stays_chosen(render: Render) -> None:
    form = Form.filled(skill=2, roles=["b"], minor=True)
    source = """{{ forms.select_field(form, "skill", "赛项", [(1, "焊接"), (2, "茶艺")]) }}
    {{ forms.checks_field(form, "roles", "角色", [("a", "甲"), ("b", "乙")]) }}
    {{ forms.check_field(form, "minor", "未成年") }}"""
    elements = render(source, form=form)
    kept = [a.get("value") for tag, a in elements if "selected" in a or "checked" in a]
    assert kept == ["2", "b", "on"]


def test_typed_markup_is_text(environment: Environment) -> None:
    source = IMPORTS + '{{ forms.textarea_field(form, "why", "理由") }}{{ ui.notice("ok", form.value("why")) }}'
    form = Form({"why": ["</textarea><script>x</script>"]})
    html = environment.from_string(source).render(lang="zh-CN", csrf_token="t0", form=form)
    assert "<script>" not in html


def test_a_refused_action_can_be_focused_and_says_why(render: Render) -> None:
    action = {"href": "/b/1", "label": "提交", "kind": "plain", "permitted": False, "reason": "公示未满", "confirm": ""}
    elements = render("{{ ui.action_button(action) }}", action=action)
    button = first(elements, "button")
    assert button["aria-disabled"] == "true"
    assert "disabled" not in button
    assert button["aria-describedby"] in {a.get("id") for _, a in elements}
    assert [tag for tag, _ in elements if tag == "form"] == []


def test_a_permitted_action_posts_with_its_token(render: Render) -> None:
    action = {"href": "/b/1", "label": "提交", "kind": "primary", "permitted": True, "reason": "", "confirm": "提交？"}
    elements = render("{{ ui.action_button(action) }}", action=action)
    assert first(elements, "form")["data-confirm"] == "提交？"
    assert first(elements, "input") == {"type": "hidden", "name": "_csrf", "value": "t0"}


def test_blank_and_zero_look_different(render: Render) -> None:
    assert "mark--blank" in (first(render("{{ ui.mark(none) }}"), "span")["class"] or "")
    assert "mark--blank" not in (first(render('{{ ui.mark("0") }}'), "span")["class"] or "")


@pytest.mark.parametrize(("value", "width"), [(0, None), (54, "25.0"), (216, "100.0"), (300, "100")])
def test_a_bar_is_as_wide_as_its_share(render: Render, value: int, width: str | None) -> None:
    elements = render('{{ ui.bar(value, 216, "已交") }}', value=value)
    fills = [attributes["width"] for _, attributes in elements if "fill" in (attributes.get("class") or "")]
    assert fills == ([] if width is None else [width])


def test_a_version_is_sent_as_a_quoted_tag(render: Render) -> None:
    sent = first(render("<div {{ ui.if_match(7) }}></div>"), "div")["hx-config"]
    assert sent == '{"headers": {"If-Match": "\\"7\\""}}'

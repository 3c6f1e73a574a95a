import pytest

from competition.marking.kinds import Layer
from competition.marking.rules.reveal import DrawnLayer, ask_problem, confirm_problem, next_to_reveal

CONTEST, NUMBER, REVIEW = (DrawnLayer(layer) for layer in Layer)
SEALED = (CONTEST, NUMBER, REVIEW)
ASKED = DrawnLayer(Layer.REVIEW, asked_by=7)
OPEN = DrawnLayer(Layer.REVIEW, asked_by=7, revealed=True)


def test_the_layer_drawn_last_is_revealed_first() -> None:
    assert next_to_reveal(SEALED) == REVIEW
    assert next_to_reveal((CONTEST, NUMBER, OPEN)) == NUMBER
    assert next_to_reveal((OPEN,)) is None


@pytest.mark.parametrize("layer", [Layer.CONTEST, Layer.NUMBER])
def test_an_earlier_layer_waits_for_the_later_ones(layer: Layer) -> None:
    said = "解密按抽签的相反次序进行；先解密评审号"
    assert str(ask_problem(SEALED, layer, 7)) == said
    assert str(confirm_problem(SEALED, layer, 8)) == said


def test_one_person_asks_and_another_confirms() -> None:
    assert ask_problem(SEALED, Layer.REVIEW, 7) is None
    assert confirm_problem((CONTEST, NUMBER, ASKED), Layer.REVIEW, 8) is None


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (ask_problem((ASKED,), Layer.REVIEW, 8), "已有人申请解密，须由另一人确认"),
        (ask_problem((REVIEW,), Layer.REVIEW, None), "解密须由实名账号办理"),
        (ask_problem((OPEN,), Layer.REVIEW, 8), "这一层编号已解密"),
        (confirm_problem((REVIEW,), Layer.REVIEW, 8), "尚无人申请解密；先由加密裁判申请"),
        (confirm_problem((ASKED,), Layer.REVIEW, 7), "申请和确认须由两个人办理；请另一人登录后确认"),
        (confirm_problem((ASKED,), Layer.REVIEW, None), "解密须由实名账号办理"),
        (confirm_problem((OPEN,), Layer.REVIEW, 8), "这一层编号已解密"),
    ],
)
def test_what_is_refused_is_refused_with_the_reason(problem: object, said: str) -> None:
    assert str(problem) == said


def test_a_layer_that_is_not_drawn_is_unknown() -> None:
    with pytest.raises(KeyError):
        ask_problem((NUMBER,), Layer.REVIEW, 7)

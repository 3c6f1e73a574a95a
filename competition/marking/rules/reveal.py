"""Numbers become names layer by layer, the layer drawn last first, and each by two people."""

from collections.abc import Sequence

import msgspec

from competition.marking.kinds import LAYER_NAMES, Layer
from competition.problems import N_, Problem


class DrawnLayer(msgspec.Struct, frozen=True):
    """`asked_by`: the account of whoever asked for the reveal, None while nobody has."""

    layer: Layer
    asked_by: int | None = None
    revealed: bool = False


def next_to_reveal(drawn: Sequence[DrawnLayer]) -> DrawnLayer | None:
    """Of layers in the order they were drawn; None once all are revealed."""
    return next((layer for layer in reversed(drawn) if not layer.revealed), None)


def ask_problem(drawn: Sequence[DrawnLayer], layer: Layer, person: int | None) -> Problem | None:
    """Why `person` cannot ask for the reveal of this layer now. Raises KeyError for a layer that is not drawn."""
    found = {each.layer: each for each in drawn}[layer]
    if problem := _out_of_turn(drawn, found):
        return problem
    if person is None:
        return Problem(N_("解密须由实名账号办理"))
    return Problem(N_("已有人申请解密，须由另一人确认")) if found.asked_by is not None else None


def confirm_problem(drawn: Sequence[DrawnLayer], layer: Layer, person: int | None) -> Problem | None:
    """Why `person` cannot confirm it now. Raises KeyError as `ask_problem`."""
    found = {each.layer: each for each in drawn}[layer]
    if problem := _out_of_turn(drawn, found):
        return problem
    if found.asked_by is None:
        return Problem(N_("尚无人申请解密；先由加密裁判申请"))
    if person is None:
        return Problem(N_("解密须由实名账号办理"))
    if person == found.asked_by:
        return Problem(N_("申请和确认须由两个人办理；请另一人登录后确认"))
    return None


def _out_of_turn(drawn: Sequence[DrawnLayer], found: DrawnLayer) -> Problem | None:
    if found.revealed:
        return Problem(N_("这一层编号已解密"))
    due = next_to_reveal(drawn)
    if due is not None and due.layer != found.layer:
        params = {"layer": LAYER_NAMES[due.layer]}
        return Problem(N_("解密按抽签的相反次序进行；先解密{layer}"), params=params)
    return None

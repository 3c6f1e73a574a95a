"""QR codes for the page and for the terminal.

The mask is fixed: choosing the best of eight costs 80 % of the time, and any mask is a valid code.
"""

from itertools import groupby

import qrcode
from markupsafe import Markup
from qrcode.constants import ERROR_CORRECT_M

_MASK = 3
_QUIET = 4


def qr_svg(text: str, *, title: str) -> Markup:
    """An <svg> without inline style. Raises qrcode.exceptions.DataOverflowError above 2331 bytes of text."""
    matrix = _matrix(text)
    side = len(matrix) + 2 * _QUIET
    return Markup(
        '<svg class="qr" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img"'
        ' shape-rendering="crispEdges"><title>{title}</title>'
        '<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{path}"/></svg>'
    ).format(side=side, title=title, path=_path(matrix))


def qr_terminal(text: str) -> str:
    """Two rows of modules in one line of half blocks; light modules are drawn, as a dark terminal needs it."""
    matrix = _with_quiet_zone(_matrix(text))
    if len(matrix) % 2:
        matrix.append([False] * len(matrix))
    glyphs = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
    pairs = zip(matrix[::2], matrix[1::2], strict=True)
    return "\n".join("".join(glyphs[pair] for pair in zip(upper, lower, strict=True)) for upper, lower in pairs)


def _matrix(text: str) -> list[list[bool]]:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, mask_pattern=_MASK, border=0)
    code.add_data(text)
    code.make(fit=True)
    return [[bool(module) for module in row] for row in code.get_matrix()]


def _with_quiet_zone(matrix: list[list[bool]]) -> list[list[bool]]:
    side = [False] * _QUIET
    blank = [[False] * (len(matrix) + 2 * _QUIET) for _ in range(_QUIET)]
    return [*blank, *([*side, *row, *side] for row in matrix), *(list(row) for row in blank)]


def _path(matrix: list[list[bool]]) -> str:
    steps = []
    for y, row in enumerate(matrix, start=_QUIET):
        x = _QUIET
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                steps.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length
    return "".join(steps)

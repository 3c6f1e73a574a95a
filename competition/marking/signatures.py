"""A signature is drawn, as an SVG path 280 high, or confirmed in words by somebody who cannot draw."""

import re

from competition.problems import N_, Problem

LONGEST_PATH = 20_000
LONGEST_WORDS = 120
HEIGHT = 280
MARGIN = 12
_PATH = re.compile(r"M-?\d{1,4} -?\d{1,4}([ ML]-?\d{1,4} -?\d{1,4})*", re.ASCII)


def is_drawn(signature: str) -> bool:
    return bool(_PATH.fullmatch(signature))


def signature_problem(signature: str) -> Problem | None:
    """A path is taken as it is; words are who confirmed and why."""
    text = signature.strip()
    if not text:
        return Problem(N_("签名后才能提交"), field="signature")
    if is_drawn(text):
        return _too_short(text) or _too_long(text, LONGEST_PATH)
    if len(text) < 4:
        return Problem(N_("写明由谁当面确认及原因，至少 4 个字"), field="signature")
    return _too_long(text, LONGEST_WORDS)


def _too_short(path: str) -> Problem | None:
    return Problem(N_("签名太短，重签"), field="signature") if path.count("L") < 3 else None


def _too_long(text: str, longest: int) -> Problem | None:
    return Problem(N_("签名太长，重签"), field="signature") if len(text) > longest else None


def view_box(path: str) -> str:
    """Of a drawn signature, for an <svg>: its full height, and as wide as it was written."""
    across = [int(number) for number in re.findall(r"-?\d+", path)][::2]
    return f"{min(across) - MARGIN} 0 {max(across) - min(across) + 2 * MARGIN} {HEIGHT}"

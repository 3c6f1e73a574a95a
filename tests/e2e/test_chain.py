"""A small contest from set-up to the subsidy list, in the browser, by everybody whose work it is."""

import time

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from tests.e2e.acts import entering, marking, paying, preparing, promoting, releasing, setting_up
from tests.e2e.acts.play import Play
from tests.e2e.house import House

pytestmark = [pytest.mark.browser, pytest.mark.server]

ACTS = (
    *setting_up.ACTS, promoting.bureau_lowers_the_least_number_of_entrants, *preparing.ACTS, *entering.ACTS,
    *marking.PRELIMINARY, *releasing.PRELIMINARY, *marking.FINAL, *releasing.FINAL, *paying.ACTS, *promoting.ACTS,
)  # fmt: skip


def test_a_contest_from_set_up_to_the_subsidy_list(house: House) -> None:
    play = Play(house)
    for act in ACTS:
        began = time.monotonic()
        try:
            act(play)
        finally:
            assert house.faults == []
        print(f"{act.__name__.replace('_', ' ')}: {time.monotonic() - began:.1f} s")

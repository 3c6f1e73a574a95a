"""A small contest from set-up to the subsidy list, in the browser, by everybody whose work it is."""

import time

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from tests.e2e.acts import entering, marking, preparing, setting_up  # noqa: E402
from tests.e2e.acts.play import Play  # noqa: E402
from tests.e2e.house import House  # noqa: E402

pytestmark = [pytest.mark.browser, pytest.mark.server]

ACTS = (*setting_up.ACTS, *preparing.ACTS, *entering.ACTS, *marking.PRELIMINARY)


def test_a_contest_from_set_up_to_the_subsidy_list(house: House) -> None:
    play = Play(house)
    for act in ACTS:
        began = time.monotonic()
        act(play)
        print(f"{act.__name__.replace('_', ' ')}: {time.monotonic() - began:.1f} s")
        assert house.faults == []

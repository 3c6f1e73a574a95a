"""Drawing lots so that anyone with the seed and the list can redo the draw.

1. Sort the items by their key.
2. The n-th random number (n = 0, 1, 2, …) is the first 16 hexadecimal digits of SHA-256 over the text `seed:n`
   in UTF-8, read as a whole number below 2^64:  printf 'SEED:0' | sha256sum | cut -c1-16
3. For place i = last, …, 1 (counting from 0): take the next number; if it is not below the greatest multiple of i + 1
   that fits into 2^64, throw it away and take the next (otherwise low places would be a little likelier);
   j = number mod (i + 1); exchange the items at i and j.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from itertools import count
from typing import Any, TypeVar

from competition.problems import N_, Problem, Refused

T = TypeVar("T")

_RANGE = 2**64


def draw(seed: str, items: Sequence[T], *, key: Callable[[T], Any] = lambda item: item) -> list[T]:
    """The items in drawn order, whatever the order they come in.

    Raises Refused for a blank seed, ValueError when two items have the same key.
    """
    if not seed.strip():
        raise Refused(Problem(N_("抽签种子不能为空"), field="seed"))
    drawn = sorted(items, key=key)
    if len({key(item) for item in drawn}) < len(drawn):
        raise ValueError("two items of a draw have the same key")
    numbers = _numbers(seed)
    for place in range(len(drawn) - 1, 0, -1):
        other = _below(place + 1, numbers)
        drawn[place], drawn[other] = drawn[other], drawn[place]
    return drawn


def blind_numbers(amount: int, first: int, width: int, prefix: str = "") -> list[str]:
    """`amount` numbers in a row, zero-padded, each after `prefix`, which tells the layers apart.

    Raises Refused when the last needs more than `width` digits.
    """
    last = first + amount - 1
    if amount and len(str(last)) > width:
        text = N_("编号 {last} 超过 {width} 位；减小起始号或加长位数")
        raise Refused(Problem(text, field="width", params={"last": last, "width": width}))
    return [prefix + str(number).zfill(width) for number in range(first, last + 1)]


def _numbers(seed: str) -> Iterator[int]:
    for turn in count():
        yield int.from_bytes(sha256(f"{seed}:{turn}".encode()).digest()[:8])


def _below(limit: int, numbers: Iterator[int]) -> int:
    fair = _RANGE - _RANGE % limit
    return next(number for number in numbers if number < fair) % limit

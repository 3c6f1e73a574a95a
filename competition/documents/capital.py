"""Amounts of money in capital characters (人民币大写), as bank slips and payment lists want them.

Written after 《正确填写票据和结算凭证的基本规定》: 整 after 元 only, 零 for every gap between two figures.
`cn2an` loses the 零 before a part below ten thousand when the whole 万 part is empty (壹亿壹仟元), so it is not used.
"""

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ((1000, "仟"), (100, "佰"), (10, "拾"), (1, ""))
_SCALES = ((10**8, "亿"), (10**4, "万"))


def capital_amount(fen: int) -> str:
    """For example 150750000 fen: 人民币壹佰伍拾万柒仟伍佰元整."""
    sign = "负" if fen < 0 else ""
    yuan, rest = divmod(abs(fen), 100)
    jiao, last = divmod(rest, 10)
    text = f"{_integer(yuan)}元" if yuan or not rest else ""
    if not rest:
        return f"人民币{sign}{text}整"
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    elif yuan:
        text += "零"
    if last:
        text += f"{_DIGITS[last]}分"
    return f"人民币{sign}{text}"


def _integer(number: int) -> str:
    for size, name in _SCALES:
        if number >= size:
            head, tail = divmod(number, size)
            gap = "零" if 0 < tail < size // 10 else ""
            return f"{_integer(head)}{name}{gap}{_integer(tail) if tail else ''}"
    return _below_ten_thousand(number)


def _below_ten_thousand(number: int) -> str:
    text, gap = "", False
    for size, name in _PLACES:
        digit = number // size % 10
        if digit:
            text += ("零" if gap and text else "") + _DIGITS[digit] + name
        gap = not digit
    return text or _DIGITS[0]

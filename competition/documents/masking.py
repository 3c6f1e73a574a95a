"""What others may see of personal data: lists, notices and logs get these forms, never the full text."""

_HIDDEN_AT_LEAST = 4


def mask_id(text: str) -> str:
    """Identity document: 210283********1217; another document keeps two characters at either end."""
    return _masked(text, 6, 4) if len(text) == 18 else _masked(text, 2, 2)


def mask_phone(text: str) -> str:
    """Mobile: 138****2207; any other number keeps two characters at either end."""
    return _masked(text, 3, 4) if len(text) == 11 and text.startswith("1") else _masked(text, 2, 2)


def mask_account(text: str) -> str:
    """The last four characters of a bank account, for “尾号 6621”; "" when that would be half of it or more."""
    compact = "".join(text.split())
    return compact[-4:] if len(compact) > 8 else ""


def mask_name(text: str) -> str:
    """The first character of each word: 王** or J*** S****."""
    return " ".join(word[0] + "*" * (len(word) - 1) if len(word) > 1 else "*" for word in text.split())


def _masked(text: str, head: int, tail: int) -> str:
    hidden = len(text) - head - tail
    if hidden < _HIDDEN_AT_LEAST:
        return "*" * len(text)
    return text[:head] + "*" * hidden + text[-tail:]

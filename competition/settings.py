"""One frozen object, read once from the environment."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec


class BadSetting(ValueError):
    """A setting that cannot be used, said in the words of the README's table."""


class Settings(msgspec.Struct, frozen=True):
    """Where the data is and how the server listens. The README documents each; a test compares the two."""

    data: Path = Path("data")
    database: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    secure_cookies: bool = False
    trusted_proxies: int = 0
    product_name: str = "大连市职业技能竞赛管理平台"
    product_name_en: str = "Dalian Vocational Skills Competitions"
    session_hours: int = 12
    tablet_hours: int = 16

    @property
    def database_address(self) -> str:
        return self.database or str(self.data / "competition.sqlite3")

    @property
    def url(self) -> str:
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


_TRUE = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}


def _read(name: str, raw: str, default: object) -> object:
    if isinstance(default, bool):
        if raw.lower() not in _TRUE:
            raise BadSetting(f"{name}={raw!r}: say true or false")
        return _TRUE[raw.lower()]
    if isinstance(default, int):
        if not raw.isascii() or not raw.isdigit():
            raise BadSetting(f"{name}={raw!r}: say a whole number")
        return int(raw)
    return Path(raw) if isinstance(default, Path) else raw


def variable(field: str) -> str:
    return f"COMPETITION_{field.upper()}"


def from_environment(environment: Mapping[str, str] = os.environ, **given: object) -> Settings:
    """Settings from COMPETITION_* variables; `given` wins over them. Raises BadSetting."""
    values: dict[str, object] = {}
    for field in msgspec.structs.fields(Settings):
        raw = environment.get(variable(field.name))
        if raw is not None:
            values[field.name] = _read(variable(field.name), raw, field.default)
    values |= {name: value for name, value in given.items() if value is not None}
    return Settings(**values)  # type: ignore[arg-type]  # each was read by the type of its default

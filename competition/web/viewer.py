"""Who is looking at this page, and what they may do."""

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection

from competition.audit.write import Actor
from competition.web.i18n import gettext, shown


class Grant(msgspec.Struct, frozen=True):
    """A role, and the one contest, skill, panel, unit or person it covers ("" for the whole city)."""

    role: str
    scope_kind: str = ""
    scope_id: int = 0


class Viewer(msgspec.Struct, frozen=True):
    account_id: int
    session_id: int
    name: str
    name_en: str
    grants: tuple[Grant, ...]
    csrf_token: str
    kind: str = "password"
    role_labels: tuple[str, ...] = ()

    @property
    def roles_text(self) -> str:
        """The roles in the reader's language."""
        return gettext("、").join(gettext(label) for label in self.role_labels)

    @property
    def shown_name(self) -> str:
        return shown(self.name, self.name_en)

    def has(self, *roles: str) -> bool:
        return any(grant.role in roles for grant in self.grants)

    def scopes(self, role: str) -> tuple[int, ...]:
        """The ids of what this viewer has `role` for."""
        return tuple(grant.scope_id for grant in self.grants if grant.role == role)


def viewer_of(connection: ASGIConnection) -> Viewer | None:
    return connection.scope.get("viewer")  # type: ignore[return-value]  # set by the session layer


def signed_in(request: Request) -> Viewer:
    """The viewer of a route that only signed-in people reach."""
    viewer = viewer_of(request)
    assert viewer is not None
    return viewer


def address_of(connection: ASGIConnection) -> str:
    return connection.scope.get("client_address", "")  # type: ignore[return-value]  # set by the session layer


def actor_of(request: Request) -> Actor:
    """The viewer as the audit trail names them, in the role that let them in."""
    viewer = viewer_of(request)
    if viewer is None:
        return Actor(name="", role="public", address=address_of(request))
    role = request.scope.get("acting_as", "")
    return Actor(name=viewer.name, user_id=viewer.account_id, role=str(role), address=address_of(request))

from piccolo.columns import Boolean, Integer

from competition.database.rows import Row, index, maybe_moment, moment, ref, text, unique, word


class Account(Row, tablename="account"):
    """Somebody who can sign in. `username` is kept in lower case."""

    INDEXES = (unique("username"),)

    username = word(60)
    name = word(120)
    name_en = word(120)
    password_hash = text()
    created_at = moment()
    disabled_at = maybe_moment()
    version = Integer(default=1, null=False)
    demo = Boolean(default=False, null=False)


class RoleGrant(Row, tablename="role_grant"):
    """A role and the one thing it covers; `scope_kind` is "" for the whole city."""

    INDEXES = (
        unique("account", "role", "scope_kind", "scope_id", where='"revoked_at" IS NULL'),
        index("scope_kind", "scope_id"),
    )

    account = ref(Account)
    role = word(40)
    scope_kind = word(20)
    scope_id = Integer(default=0, null=False)
    granted_at = moment()
    revoked_at = maybe_moment()


class SignInSession(Row, tablename="sign_in_session"):
    """A signed-in browser. The cookie holds the token; only its digest is stored."""

    INDEXES = (unique("token_digest"), index("account"))

    token_digest = word(64)
    account = ref(Account)
    kind = word(20)
    created_at = moment()
    expires_at = moment()
    ended_at = maybe_moment()


class SignInCode(Row, tablename="sign_in_code"):
    """A one-time code a tablet scans to sign in as one account."""

    INDEXES = (unique("token_digest"), index("account"))

    token_digest = word(64)
    account = ref(Account)
    note = word(120)
    created_at = moment()
    expires_at = moment()
    used_at = maybe_moment()
    revoked_at = maybe_moment()


class SignInFailure(Row, tablename="sign_in_failure"):
    """A refused sign-in, counted for throttling."""

    INDEXES = (index("username", "at"), index("address", "at"))

    username = word(60)
    address = word(64)
    at = moment()

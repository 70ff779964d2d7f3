//! The tables. Instants are microseconds since 1970; secrets are hashes or sealed.

pub(crate) const VERSION: i64 = 1;

pub(crate) const TABLES: &str = "
CREATE TABLE account (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- As it is typed and, folded, as it is looked up.
    name TEXT NOT NULL,
    folded TEXT NOT NULL UNIQUE,
    display TEXT NOT NULL,
    grants TEXT NOT NULL,
    language TEXT,
    theme TEXT,
    -- PHC string; absent until an invitation is accepted with a password.
    password TEXT,
    -- Sealed. `second_step` is the last step of time whose code was used.
    second_secret BLOB,
    second_step INTEGER NOT NULL DEFAULT 0,
    -- An enrolment that was not confirmed yet.
    second_begun BLOB,
    active INTEGER NOT NULL DEFAULT 0,
    disabled INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    invited_by INTEGER,
    last_sign_in INTEGER,
    -- Grows with every change of what an `Account` shows.
    version INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE invitation (
    hash BLOB PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account (id),
    drop_second INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash BLOB NOT NULL UNIQUE,
    account INTEGER NOT NULL REFERENCES account (id),
    created INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    second INTEGER NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL
) STRICT;
CREATE INDEX session_account ON session (account);

-- A password was right, and the second factor's code is waited for.
CREATE TABLE pending_step (
    hash BLOB PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account (id),
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE recovery (
    account INTEGER NOT NULL REFERENCES account (id),
    hash BLOB NOT NULL,
    PRIMARY KEY (account, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE token (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash BLOB NOT NULL UNIQUE,
    account INTEGER NOT NULL REFERENCES account (id),
    label TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER,
    used INTEGER
) STRICT;
CREATE INDEX token_account ON token (account);

-- Failures, by what they are counted by (attempt.rs).
CREATE TABLE attempt (
    key TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Places from which an account has signed in.
CREATE TABLE known_place (
    account INTEGER NOT NULL REFERENCES account (id),
    place BLOB NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (account, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE identity (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    account INTEGER NOT NULL REFERENCES account (id),
    created INTEGER NOT NULL,
    UNIQUE (issuer, subject)
) STRICT;

-- Sign-ins that wait for a provider's answer; what is needed then is sealed.
CREATE TABLE pending_oidc (
    hash BLOB PRIMARY KEY,
    sealed BLOB NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE preference (
    account INTEGER NOT NULL REFERENCES account (id),
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE draft (
    account INTEGER NOT NULL REFERENCES account (id),
    key TEXT NOT NULL,
    updated INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (account, key)
) STRICT;

-- The audit trail (audit.rs). Words that recur are numbers of `audit_word`.
CREATE TABLE audit_word (
    id INTEGER PRIMARY KEY,
    word TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE audit (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    account INTEGER,
    action INTEGER NOT NULL,
    method INTEGER NOT NULL,
    route INTEGER NOT NULL,
    register INTEGER,
    unit INTEGER,
    outcome INTEGER NOT NULL,
    record TEXT,
    address TEXT NOT NULL,
    detail TEXT NOT NULL,
    chain BLOB NOT NULL
) STRICT;
-- One column each: a row's number stands behind it, so that each gives its rows in their order, newest first.
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_account ON audit (account) WHERE account IS NOT NULL;
CREATE INDEX audit_action ON audit (action);
CREATE INDEX audit_register ON audit (register) WHERE register IS NOT NULL;
CREATE INDEX audit_unit ON audit (unit) WHERE unit IS NOT NULL;
CREATE INDEX audit_record ON audit (record) WHERE record IS NOT NULL;
CREATE INDEX audit_address ON audit (address);
CREATE INDEX audit_outcome ON audit (outcome);
-- The last number, with a keyed hash of it and its chain: rows taken from the end show.
CREATE TABLE audit_head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    number INTEGER NOT NULL,
    mac BLOB NOT NULL
) STRICT;
";

"""The triggers that keep audit rows as they were written, for both databases.

SQLite rebuilds a table that is altered and loses its triggers: a migration that alters it must create them again.
"""

TABLE = "accounts_auditevent"
_SAME_ID = "SELECT 1 FROM accounts_auditevent WHERE id = NEW.id"

SQLITE = (
    f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON {TABLE} BEGIN "
    "SELECT RAISE(ABORT, 'audit rows are append-only'); END",
    f"CREATE TRIGGER audit_no_delete BEFORE DELETE ON {TABLE} BEGIN "
    "SELECT RAISE(ABORT, 'audit rows are append-only'); END",
    # INSERT OR REPLACE deletes the old row without any trigger of DELETE.
    f"CREATE TRIGGER audit_no_replace BEFORE INSERT ON {TABLE} WHEN EXISTS ({_SAME_ID}) "
    "BEGIN SELECT RAISE(ABORT, 'audit rows are append-only'); END",
)
SQLITE_DROP = (
    "DROP TRIGGER IF EXISTS audit_no_update",
    "DROP TRIGGER IF EXISTS audit_no_delete",
    "DROP TRIGGER IF EXISTS audit_no_replace",
)

POSTGRESQL = (
    "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "RAISE EXCEPTION 'audit rows are append-only'; END $$",
    f"CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE} "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()",
)
POSTGRESQL_DROP = (
    f"DROP TRIGGER IF EXISTS audit_no_change ON {TABLE}",
    "DROP FUNCTION IF EXISTS audit_append_only()",
)


def grants(role: str) -> tuple[str, ...]:
    """The statements by which PostgreSQL lets the role of the site use every table and change no audit row.

    They are run by the owner of the tables, another role, which alone migrates: who owns a table can drop its triggers.
    """
    return (
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        f"REVOKE ALL ON {TABLE} FROM {role}",
        f"GRANT SELECT, INSERT ON {TABLE} TO {role}",
    )


def names(vendor: str) -> frozenset[str]:
    """The names of the triggers on a database of `vendor`."""
    return frozenset(
        {"audit_no_update", "audit_no_delete", "audit_no_replace"} if vendor == "sqlite" else {"audit_no_change"}
    )


def create(vendor: str) -> tuple[str, ...]:
    """The statements that forbid changes on a database of `vendor` ("sqlite" or "postgresql")."""
    return SQLITE if vendor == "sqlite" else POSTGRESQL


def drop(vendor: str) -> tuple[str, ...]:
    """The statements that allow changes again: for a migration backwards, and for emptying a test database."""
    return SQLITE_DROP if vendor == "sqlite" else POSTGRESQL_DROP

"""The tables of the ledger; they live in the case database, so that an act and its leaf are one transaction."""

import sqlalchemy as sa

_ADVISORY_LOCK = 7_264_002  # any number, the same for all and not that of the cases: one appender at a time

metadata = sa.MetaData()
leaves = sa.Table(
    "ledger_leaves",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),  # from 0, without gaps
    sa.Column("at", sa.Text, nullable=False),  # UTC, ISO 8601 with microseconds
    sa.Column("kind", sa.Text, nullable=False, index=True),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False, index=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),  # canonical JSON
    sa.Column("hash", sa.Text, nullable=False),  # of the canonical leaf, in hex
)
nodes = sa.Table(
    "ledger_nodes",
    metadata,
    sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),  # 1 and above; level 0 are the leaves
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hash", sa.Text, nullable=False),
)
heads = sa.Table(
    "ledger_heads",
    metadata,
    sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("algorithm", sa.Text, nullable=False),
    sa.Column("root", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("signature", sa.Text, nullable=False),
)
_KEYS = {"ledger_leaves": ("number",), "ledger_nodes": ("level", "position"), "ledger_heads": ("size",)}
_POSTGRES_REFUSAL = """
CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the ledger is never changed'; END $$
"""


def there(connection: sa.Connection) -> bool:
    """Say whether the database has a ledger."""
    return sa.inspect(connection).has_table(leaves.name)


def alone(connection: sa.Connection) -> None:
    """Keep other appenders out until the transaction ends; on SQLite the write transaction does so itself."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))


def make(connection: sa.Connection) -> None:
    """Make the tables and the triggers that refuse every change of what is written."""
    metadata.create_all(connection)
    for statement in _postgres() if connection.dialect.name == "postgresql" else _sqlite():
        connection.exec_driver_sql(statement)


def unguarded(connection: sa.Connection) -> list[str]:
    """Return the names of the triggers that should refuse changes and are gone or off."""
    if connection.dialect.name == "postgresql":
        query, wanted = "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')", {f"{t}_keep" for t in _KEYS}
    else:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        wanted = {f"{table}_{word}" for table in _KEYS for word in ("keep", "stay", "new")}
    return sorted(wanted - set(connection.exec_driver_sql(query).scalars()))


def _sqlite() -> list[str]:
    statements = []
    for table, keys in _KEYS.items():
        same = " AND ".join(f"{key} = NEW.{key}" for key in keys)
        again = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - names of our own
        refuse = "BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END"
        statements += [
            f"CREATE TRIGGER IF NOT EXISTS {table}_keep BEFORE UPDATE ON {table} {refuse}",
            f"CREATE TRIGGER IF NOT EXISTS {table}_stay BEFORE DELETE ON {table} {refuse}",
            # INSERT OR REPLACE removes a row without asking the trigger above.
            f"CREATE TRIGGER IF NOT EXISTS {table}_new BEFORE INSERT ON {table} WHEN {again} {refuse}",
        ]
    return statements


def _postgres() -> list[str]:
    statements = [_POSTGRES_REFUSAL]
    for table in _KEYS:
        call = f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
        statements.append(f"CREATE OR REPLACE TRIGGER {table}_keep BEFORE UPDATE OR DELETE OR TRUNCATE {call}")
    return statements

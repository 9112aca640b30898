"""Steps from one schema of the case database to the next, run by Alembic when a database is opened."""

from pathlib import Path

import sqlalchemy as sa


def upgrade(connection: sa.Connection) -> None:
    """Bring the database behind `connection` to the newest schema, inside the transaction it is in."""
    # Imported here: few opens need it, and it takes a third of a second.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")

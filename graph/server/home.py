"""Where a trial server keeps what, and its configuration file."""

import secrets
from dataclasses import dataclass
from pathlib import Path

DEFAULT_PORT = 7687
USER = "neo4j"

# The last line lets the server end in three seconds instead of twelve.
CONFIGURATION = """\
server.default_listen_address=127.0.0.1
server.default_advertised_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:{port}
server.bolt.advertised_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
server.config.strict_validation.enabled=true
server.memory.heap.initial_size={heap}
server.memory.heap.max_size={heap}
server.memory.pagecache.size={page_cache}
dbms.security.auth_enabled=true
dbms.usage_report.enabled=false
db.logs.query.enabled=OFF
db.tx_log.rotation.retention_policy=1 files
internal.dbms.bolt.netty_server_shutdown_quiet_period=0
"""


@dataclass(frozen=True)
class Sizes:
    """Memory of a trial server, in Neo4j's own spelling (`512m`, `2g`)."""

    heap: str = "768m"
    page_cache: str = "256m"


@dataclass(frozen=True)
class ServerHome:
    """Paths below one server's home folder; making the object creates nothing."""

    root: Path

    @property
    def configuration(self) -> Path:
        """Folder of neo4j.conf."""
        return self.root / "conf"

    @property
    def pid_file(self) -> Path:
        """Process id of the server we started."""
        return self.root / "server.pid"

    @property
    def port_file(self) -> Path:
        """Port the server listens on, kept from one start to the next."""
        return self.root / "server.port"

    @property
    def password_file(self) -> Path:
        """The password, readable by its owner only."""
        return self.root / "password"

    @property
    def log(self) -> Path:
        """What the Java process itself says."""
        return self.root / "server.log"

    @property
    def port(self) -> int:
        """Port of the last start."""
        return int(self.port_file.read_text()) if self.port_file.exists() else DEFAULT_PORT

    @property
    def url(self) -> str:
        """Address for the driver."""
        return f"bolt://127.0.0.1:{self.port}"

    def write_configuration(self, port: int, sizes: Sizes) -> None:
        """Write neo4j.conf and remember the port."""
        self.configuration.mkdir(parents=True, exist_ok=True)
        text = CONFIGURATION.format(port=port, heap=sizes.heap, page_cache=sizes.page_cache)
        (self.configuration / "neo4j.conf").write_text(text)
        self.port_file.write_text(f"{port}\n")

    def choose_password(self, given: str | None) -> str:
        """Return the given password, else the kept one, else a new one, which is kept before it is used."""
        if given is None and self.password_file.exists():
            return self.password_file.read_text().strip()
        if given is None:
            self.keep_password(given := secrets.token_urlsafe(18))
        return given

    def keep_password(self, password: str) -> None:
        """Write down the password, for its owner only."""
        self.root.mkdir(parents=True, exist_ok=True)
        self.password_file.touch(mode=0o600)
        self.password_file.chmod(0o600)
        self.password_file.write_text(password + "\n")

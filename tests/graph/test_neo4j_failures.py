"""What goes wrong between us and a server: one clear sentence, and a re-run repairs."""

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from neo4j.exceptions import (
    ClientError,
    DatabaseError,
    Forbidden,
    ForbiddenOnReadOnlyDatabase,
    Neo4jError,
    TransientError,
)

from claims.errors import StoreError
from claims.workspace import Workspace
from graph.neo4j_store.connection import Connection, Target, connected
from graph.neo4j_store.errors import check_version, explained
from graph.push import push
from graph.verify import verify
from tests.graph.neo4j_server import empty_database
from tests.graph.worlds import random_world, write_tables


@pytest.fixture
def database() -> Iterator[Connection]:
    with empty_database() as connection:
        yield connection


class Proxy:
    """Stands between us and the server, and cuts all connections after so many bytes from us."""

    def __init__(self, target: Target, budget: int) -> None:
        self._server = urlsplit(target.url)
        self._budget = budget
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.target = replace(target, url=f"bolt://127.0.0.1:{self._listener.getsockname()[1]}")
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        """Cut what is open and stop listening."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._cut()
        for thread in self._threads:
            thread.join()
        for one in self._open:
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection((self._server.hostname, self._server.port))
            self._open += [client, server]
            for pair, counted in (((client, server), True), ((server, client), False)):
                self._threads.append(threading.Thread(target=self._copy, args=(*pair, counted)))
                self._threads[-1].start()

    def _copy(self, source: socket.socket, sink: socket.socket, counted: bool) -> None:
        try:
            while data := source.recv(1 << 14):
                if counted and self._spent(len(data)):
                    self._cut()
                    return
                sink.sendall(data)
        except OSError:
            return
        finally:
            self._shut(sink)

    def _spent(self, size: int) -> bool:
        with self._lock:
            self._budget -= size
            return self._budget < 0

    def _cut(self) -> None:
        for one in list(self._open):
            self._shut(one)

    @staticmethod
    def _shut(one: socket.socket) -> None:
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


@pytest.mark.neo4j
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_connection_cut_in_the_middle(
    database: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr("graph.neo4j_store.connection.RETRY_SECONDS", 0.5)
    workspace = Workspace(tmp_path)
    write_tables(random_world(seed), workspace)
    proxy = Proxy(database.target, random.Random(seed).randrange(2_000, 40_000))
    try:
        with pytest.raises(StoreError, match=r"connection was lost .* Run the command again"):
            push(workspace, proxy.target)
    finally:
        proxy.close()
    push(workspace, database.target)
    assert verify(workspace, database.target).same


@pytest.mark.neo4j
def test_a_wrong_password(database: Connection) -> None:
    with (
        pytest.raises(StoreError, match="does not accept this user and password") as caught,
        connected(replace(database.target, password="wrong")),
    ):
        pass
    assert "wrong" not in repr(replace(database.target, password="wrong"))
    assert caught.value.exit_code == 6


@pytest.mark.neo4j
def test_an_unknown_database(database: Connection) -> None:
    with pytest.raises(StoreError, match="nowhere"), connected(replace(database.target, database="nowhere")):
        pass


@pytest.mark.neo4j
def test_an_answer_that_takes_too_long(database: Connection) -> None:
    with pytest.raises(StoreError, match=r"took longer than 0.2 s"):
        replace(database, seconds=0.2).read("UNWIND range(1, 100000000) AS x WITH x ORDER BY rand() RETURN count(x)")


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(StoreError, match="cannot be reached"), connected(Target(f"bolt://127.0.0.1:{port}", "x")):
        pass


@contextmanager
def answering(reply: bytes) -> Iterator[str]:
    """A server that answers every greeting with `reply` and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                with client:
                    client.recv(1_000)
                    client.sendall(reply)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"bolt://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (b"\0\0\0\0", "is not a Neo4j 5.26 LTS"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "cannot be reached"),
        (b"", "reached"),
    ],
    ids=["a server too old for the driver", "a web server", "hangs up"],
)
def test_something_else_listens(reply: bytes, said: str) -> None:
    with answering(reply) as url, pytest.raises(StoreError, match=said), connected(Target(url, "x")):
        pass


@pytest.mark.parametrize(
    "agent", ["Neo4j/4.4.30", "Neo4j/5.12.0", "Neo4j/5.25.1", "Neo4j/2025.06.0", "Memgraph/3.0", "x"]
)
def test_a_server_of_a_wrong_version(agent: str) -> None:
    with pytest.raises(StoreError, match=r"Ringhound needs 5\.26 LTS"):
        check_version("bolt://there", agent)


@pytest.mark.parametrize("agent", ["Neo4j/5.26.30", "Neo4j/5.26.0", "Neo4j/5.26.12+8"])
def test_a_server_of_the_right_version(agent: str) -> None:
    check_version("bolt://there", agent)


@pytest.mark.parametrize("url", ["http://127.0.0.1:7474", "127.0.0.1:7687", "bolt://", "neo4j", ""])
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(StoreError, match="is not the address"):
        Target(url, "x")


@pytest.mark.parametrize("url", ["bolt://neo4j:geheim@127.0.0.1:7687", "bolt://neo4j@127.0.0.1"])
def test_a_password_in_the_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(StoreError, match="Leave user and password out") as caught:
        Target(url, "x")
    assert "geheim" not in str(caught.value)


def said(kind: type[Neo4jError], code: str, message: str) -> Neo4jError:
    """An error as the driver makes it of the server's answer."""
    error = Neo4jError._hydrate_neo4j(code=code, message=message)
    assert isinstance(error, kind)
    return error


@pytest.mark.parametrize(
    ("kind", "code", "message", "sentence"),
    [
        (ForbiddenOnReadOnlyDatabase, "Neo.ClientError.General.ForbiddenOnReadOnlyDatabase", "x", "read-only"),
        (Forbidden, "Neo.ClientError.Security.Forbidden", "Write operation not allowed", "may not do this"),
        (TransientError, "Neo.TransientError.General.MemoryPoolOutOfMemoryError", "limit reached", "larger heap"),
        (TransientError, "Neo.TransientError.Database.DatabaseUnavailable", "stopped", "disk may be full"),
        (DatabaseError, "Neo.DatabaseError.Transaction.TransactionCommitFailed", "No space left", "disk may be full"),
        (DatabaseError, "Neo.DatabaseError.General.UnknownError", "database has problem", "disk may be full"),
        (ClientError, "Neo.ClientError.Security.AuthenticationRateLimit", "x", "too many wrong passwords"),
        (ClientError, "Neo.ClientError.Schema.ConstraintValidationFailed", "already exists", "refused"),
    ],
)
def test_what_the_server_says_becomes_a_sentence(
    kind: type[Neo4jError], code: str, message: str, sentence: str
) -> None:
    with pytest.raises(StoreError, match=sentence), explained("bolt://there"):
        raise said(kind, code, message)

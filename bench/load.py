"""A client that asks as fast as the server answers, over a few connections that stay open."""

import selectors
import socket
import time
from dataclasses import dataclass

CONNECTIONS = 4


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def request_bytes(path: str, headers: dict[str, str]) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def ask(port: int, path: str, headers: dict[str, str] | None = None) -> Answer:
    """One answer, over a connection of its own."""
    with socket.create_connection(("127.0.0.1", port)) as server:
        server.settimeout(60)
        server.sendall(request_bytes(path, {**(headers or {}), "Connection": "close"}))
        received = b""
        while chunk := server.recv(65536):
            received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    named = dict(line.split(": ", 1) for line in rest)
    return Answer(int(first.split()[1]), {name.lower(): value for name, value in named.items()}, body)


def seconds_for(port: int, path: str, headers: dict[str, str], times: int) -> float:
    """How long so many requests take. Every answer must be whole, and as long as the first."""
    message = request_bytes(path, headers)
    length = whole_length(port, message)
    with selectors.DefaultSelector() as ready:
        begin = time.perf_counter()
        left = times
        for _ in range(CONNECTIONS):
            server = socket.create_connection(("127.0.0.1", port))
            server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            server.sendall(message)
            ready.register(server, selectors.EVENT_READ, [0])
            left -= 1
        try:
            while ready.get_map():
                for key, _ in ready.select(30):
                    left -= progress(key.fileobj, key.data, length, message, left)
                    if key.data[0] < 0:
                        ready.unregister(key.fileobj)
                        key.fileobj.close()
        finally:
            for key in list(ready.get_map().values()):
                key.fileobj.close()
        return time.perf_counter() - begin


def progress(server: socket.socket, state: list[int], length: int, message: bytes, left: int) -> int:
    """Read what came. After a whole answer ask again, or be done (state below 0). Returns the number of new requests."""
    chunk = server.recv(262144)
    if not chunk:
        raise ConnectionError("the server closed the connection")
    state[0] += len(chunk)
    if state[0] > length:
        raise ValueError(f"an answer of {state[0]} bytes where {length} were expected")
    if state[0] < length:
        return 0
    if left <= 0:
        state[0] = -1
        return 0
    state[0] = 0
    server.sendall(message)
    return 1


def whole_length(port: int, message: bytes) -> int:
    """The bytes of one answer with its head. The second of two: the first may still have to be made."""
    with socket.create_connection(("127.0.0.1", port)) as server:
        server.settimeout(60)
        for _ in range(2):
            server.sendall(message)
            received = b""
            while b"\r\n\r\n" not in received:
                received += server.recv(65536)
            head, _, body = received.partition(b"\r\n\r\n")
            expected = 0
            for line in head.split(b"\r\n"):
                if line.lower().startswith(b"content-length:"):
                    expected = int(line.split(b":")[1])
            while len(body) < expected:
                body += server.recv(65536)
    return len(head) + 4 + expected

"""A client that posts each of its forms once, over a few connections that stay open."""

import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

TOKEN = "t" * 32  # a security token is the same in the cookie and in the form


@dataclass
class Answer:
    status: int
    location: str
    seconds: float


def form_bytes(path: str, fields: dict[str, str], cookies: dict[str, str] | None = None, address: str = "") -> bytes:
    """The whole request. `address` is the visitor's, as a proxy before the site says it."""
    body = urlencode({"csrfmiddlewaretoken": TOKEN, **fields}).encode()
    cookie = "; ".join(
        f"{name}={value}" for name, value in {**(cookies or {}), "csrf": TOKEN, "csrftoken": TOKEN}.items()
    )
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Cookie: {cookie}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        *([f"X-Forwarded-For: {address}"] if address else []),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


class Connection:
    """One connection, with one form on its way at a time."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, message: bytes) -> None:
        self.received, self.begin = b"", time.perf_counter()
        self.socket.sendall(message)

    def answer(self) -> Answer | None:
        """What came, once it is whole."""
        chunk = self.socket.recv(262144)
        if not chunk:
            raise ConnectionError("the server closed the connection")
        self.received += chunk
        head, end, body = self.received.partition(b"\r\n\r\n")
        if not end:
            return None
        first, *rest = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in rest)}
        if len(body) < int(headers["content-length"]):
            return None
        return Answer(int(first.split()[1]), headers.get("location", ""), time.perf_counter() - self.begin)


def post_all(port: int, messages: list[bytes], connections: int) -> tuple[list[Answer], float]:
    """The answers, and how long all took together."""
    left: Iterator[bytes] = iter(messages)
    answers = []
    with selectors.DefaultSelector() as ready:
        begin = time.perf_counter()
        for _, message in zip(range(connections), left, strict=False):
            each = Connection(port)
            each.send(message)
            ready.register(each.socket, selectors.EVENT_READ, each)
        while ready.get_map():
            happened = ready.select(60)
            if not happened:
                raise TimeoutError("no answer for a minute")
            for key, _ in happened:
                answer = key.data.answer()
                if answer is None:
                    continue
                answers.append(answer)
                message = next(left, b"")
                if message:
                    key.data.send(message)
                else:
                    ready.unregister(key.fileobj)
                    key.data.socket.close()
        return answers, time.perf_counter() - begin

"""A mail server that misbehaves as it is told, and remembers what it took."""

import contextlib
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes

REFUSED = "refused"  # a recipient whose address begins so does not exist, whatever the mood
SLOW_SECONDS = 0.02


class Server:
    """`mood` is one of MOODS and may change at any time. A message counts as taken once its last line came."""

    def __init__(self, patience: float) -> None:
        """`patience` is how many seconds a sender waits for an answer."""
        self.patience = patience
        self.mood = "well"
        self.taken: Counter[str] = Counter()  # by Message-ID
        self.unanswered: Counter[str] = Counter()  # taken, but the sender never heard of it
        self.port = 0
        self.after_taking: Callable[[str], None] = lambda message_id: None
        self._server: socketserver.ThreadingTCPServer | None = None

    def up(self) -> None:
        """Listen, on the same port each time."""
        handler = type("Bound", (_Conversation,), {"owner": self})
        self._server = _Listener(("127.0.0.1", self.port), handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def down(self) -> None:
        """Refuse connections."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that is gone, killed perhaps, is part of the drill."""


class _Conversation(socketserver.StreamRequestHandler):
    owner: Server

    def handle(self) -> None:
        if self.owner.mood == "silent":
            self.wait_too_long()
            return
        self.say("421 too busy" if self.owner.mood == "busy" else "220 drill")
        while line := self.rfile.readline():
            if self.owner.mood == "slow":
                time.sleep(SLOW_SECONDS)
            verb = line.decode("latin-1").strip().upper().partition(" ")[0]
            if verb == "DATA":
                self.say("354 go on")
                if not self.take():
                    return
            elif verb == "RCPT":
                self.say(self.recipient(line.decode("latin-1").partition("<")[2]))
            else:
                self.say("221 bye" if verb == "QUIT" else "250 ok")
                if verb == "QUIT":
                    return

    def recipient(self, address: str) -> str:
        if address.startswith(REFUSED):
            return "550 nobody of that name"
        return "451 not now" if self.owner.mood == "deferring" else "250 ok"

    def take(self) -> bool:
        """Read a message. False when the conversation is over."""
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line)
            if self.owner.mood == "dropping" and len(lines) > 5:
                return False
        if line == b"":
            return False
        if self.owner.mood == "full":
            self.say("452 no room")
            return True
        message_id = message_from_bytes(b"".join(lines))["Message-ID"]
        self.owner.taken[message_id] += 1
        if self.owner.mood == "losing replies":
            self.owner.unanswered[message_id] += 1
            return False
        if self.owner.mood == "answering too late":
            self.owner.unanswered[message_id] += 1
            self.wait_too_long()
            return False
        self.owner.after_taking(message_id)
        with contextlib.suppress(OSError):
            self.say("250 taken")
        return True

    def wait_too_long(self) -> None:
        time.sleep(1.5 * self.owner.patience)

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


MOODS = (
    "down",
    "silent",
    "slow",
    "busy",
    "deferring",
    "full",
    "dropping",
    "losing replies",
    "answering too late",
    "crashing",
    "well",
)

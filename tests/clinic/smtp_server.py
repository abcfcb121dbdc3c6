"""A mail server for tests that answers as a script says."""

import socketserver
import threading
import time
from email import message_from_bytes, policy


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        server = self.server
        self.say("220 test")
        recipient = ""
        while line := self.rfile.readline():
            command = line.decode().strip()
            verb = command.upper().split(" ")[0].split(":")[0]
            if verb == "RCPT":
                recipient = command.partition("<")[2].rstrip(">")
            time.sleep(server.slow.get((verb, recipient), 0))
            reply = server.replies.get((verb, recipient)) or server.replies.get(verb)
            if reply:
                self.say(reply)
            elif verb == "EHLO":
                self.say("250-test\r\n250 AUTH PLAIN")
            elif verb == "DATA":
                self.say("354 go on")
                self.take()
            elif verb == "AUTH":
                self.say("235 welcome")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def take(self):
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line)
        self.server.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))
        self.say("250 taken")

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")


class Server(socketserver.ThreadingTCPServer):
    """`replies` and `slow` are keyed by verb, or by (verb, recipient)."""

    allow_reuse_address = daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.mails, self.replies, self.slow = [], {}, {}
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def port(self):
        return self.server_address[1]

    def handle_error(self, request, client_address):
        """A client that hangs up is part of the script."""

    def stop(self):
        self.shutdown()
        self.server_close()

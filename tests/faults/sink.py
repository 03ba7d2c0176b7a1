"""A mail server on this machine that counts, and that can be slow, refuse, answer with a code, or fall silent."""

import socketserver
import threading
import time
from email import message_from_string


class Mailbox(socketserver.ThreadingTCPServer):
    """Keeps what it took. `pause`: seconds for each mail; `codes`: what it answers to a command instead of 250; `silent`: at this
    command it says nothing any more ("GREETING" before the first one, "TAKEN" after it has kept a mail); `enough`: it keeps so many
    mails and falls silent over the last of them."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int = 0, *, pause: float = 0.0) -> None:
        super().__init__(("127.0.0.1", port), Session)
        self.pause = pause
        self.codes: dict[str, int] = {}
        self.silent, self.enough = "", 0
        self.taken: list[str] = []
        self.awake = threading.Event()
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def ids(self) -> list[str]:
        """The Message-IDs of what was taken, in order."""
        return [str(message_from_string(taken)["Message-ID"]) for taken in self.taken]

    def subjects(self) -> list[str]:
        """The subjects of what was taken, in order."""
        return [str(message_from_string(taken)["Subject"]) for taken in self.taken]

    def speak(self) -> None:
        """Answers again."""
        self.silent, self.enough = "", 0
        self.awake.set()

    def close(self) -> None:
        """Hangs up and listens no more."""
        self.awake.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """A sender that was killed is what this is about."""


class Session(socketserver.StreamRequestHandler):
    """One connection."""

    server: Mailbox

    def handle(self) -> None:
        self.say("GREETING", 220)
        for line in self.rfile:
            verb = line[:4].decode(errors="replace").upper().strip()
            usual = {"DATA": 354, "QUIT": 221}.get(verb, 250)
            answer = self.say(verb, usual)
            if verb == "QUIT":
                return
            if verb == "DATA" and answer == usual:
                self.take()

    def take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.decode())
        time.sleep(self.server.pause)
        self.server.taken.append("".join(lines))
        if len(self.server.taken) == self.server.enough:
            self.server.silent = "TAKEN"
        self.say("TAKEN", 250)

    def say(self, verb: str, usual: int) -> int:
        if self.server.silent == verb:
            self.server.awake.wait(30)
        code = self.server.codes.get(verb, usual)
        self.wfile.write(f"{code} said to {verb}\r\n".encode())
        return code

"""A server on loopback that speaks BigBlueButton's API as documented: it checks the checksum of each call, and keeps rooms."""

import hashlib
import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

import pytest

SECRET = "639259d4-9dd8-4b25-bf01-95f9567eaf4b"
"""That of the documentation's example, which is what its test vector is made with."""


@dataclass
class RoomServer:
    """`rooms` has the parameters each was made with, `inside` who is in it; `recordings` are answered page by page."""

    url: str = ""
    rooms: dict[str, dict[str, str]] = field(default_factory=dict)
    inside: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    recordings: list[dict[str, str]] = field(default_factory=list)
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    body: str = ""

    def answer(self, call: str, query: str) -> str:
        """The XML for a call; `body`, where it is set, whatever was asked."""
        unsigned, _, given = query.rpartition("checksum=")
        unsigned = unsigned.removesuffix("&")
        wanted = dict(parse_qsl(unsigned, keep_blank_values=True))
        self.calls.append((call, wanted))
        right = hashlib.sha256(f"{call}{unsigned}{SECRET}".encode()).hexdigest()
        if not hmac.compare_digest(right, given):
            return failed("checksumError")
        if self.body:
            return self.body
        return getattr(self, f"on_{call}", lambda _wanted: failed("unsupportedRequest"))(wanted)

    def on_create(self, wanted: dict[str, str]) -> str:
        again = wanted["meetingID"] in self.rooms
        room = self.rooms.setdefault(wanted["meetingID"], {**wanted, "createTime": "1796720400123"})
        note = "duplicateWarning" if again else ""
        return said(meetingID=wanted["meetingID"], createTime=room["createTime"], messageKey=note)

    def on_join(self, wanted: dict[str, str]) -> str:
        room = self.rooms.get(wanted["meetingID"])
        if room is None or wanted.get("createTime") != room["createTime"]:
            return failed("invalidMeetingIdentifier")
        self.inside.setdefault(wanted["meetingID"], []).append(wanted)
        return f"<html lang='nl'><title>De ruimte</title><p>Welkom, {escape(wanted['fullName'])}</p></html>"

    def on_getMeetingInfo(self, wanted: dict[str, str]) -> str:  # noqa: N802  as the call is named
        if wanted["meetingID"] not in self.rooms:
            return failed("notFound")
        people = "".join(
            f"<attendee><userID>{one['userID']}</userID><fullName>{escape(one['fullName'])}</fullName>"
            f"<role>{one['role']}</role></attendee>"
            for one in self.inside.get(wanted["meetingID"], [])
        )
        return said(meetingID=wanted["meetingID"], running="true", attendees=people)

    def on_end(self, wanted: dict[str, str]) -> str:
        self.inside.pop(wanted["meetingID"], None)
        return (
            said(messageKey="sentEndMeetingRequest")
            if self.rooms.pop(wanted["meetingID"], None)
            else failed("notFound")
        )

    def on_getRecordings(self, wanted: dict[str, str]) -> str:  # noqa: N802
        start, number = int(wanted["offset"]), int(wanted["limit"])
        page = self.recordings[start : start + number]
        return said(recordings="".join(f"<recording>{recording(one)}</recording>" for one in page))


def recording(one: dict[str, str]) -> str:
    url = one.get("url", "")
    shown = (
        f"<playback><format><type>presentation</type><url>{escape(url)}</url></format></playback>"
        if url
        else ""
    )
    return (
        f"<recordID>{one['recordID']}</recordID><meetingID>{one['meetingID']}</meetingID>"
        f"<state>{one['state']}</state>{shown}"
    )


def said(**fields: str) -> str:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return f"<response><returncode>SUCCESS</returncode>{inner}</response>"


def failed(key: str) -> str:
    return f"<response><returncode>FAILED</returncode><messageKey>{key}</messageKey><message>No.</message></response>"


@contextmanager
def room_server() -> Iterator[RoomServer]:
    rooms = RoomServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            body = rooms.answer(parts.path.rpartition("/")[2], parts.query).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html" if body.startswith(b"<html") else "text/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  as the base class has it
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    rooms.url = f"http://127.0.0.1:{server.server_address[1]}/bigbluebutton/api"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield rooms
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def rooms() -> Iterator[RoomServer]:
    with room_server() as server:
        yield server

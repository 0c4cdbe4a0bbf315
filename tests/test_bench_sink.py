"""Our own mail server: it takes what RFC 5321 and RFC 2920 let a client say, and gives just the trouble it is asked for."""

import smtplib
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from service.bench.faults import Faults, Trouble, read_fault
from service.bench.sink import SinkOptions, read_log
from service.bench.sinks import OwnSink, own_sink

MAIL = b"DKIM-Signature: v=1\r\nMessage-ID: <1.%d@k.example>\r\nSubject: x\r\n\r\nHello\r\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "sink.log"


@contextmanager
def client(sink: OwnSink, timeout: float = 5.0) -> Iterator[smtplib.SMTP]:
    """A session with the standard library's client."""
    connection = smtplib.SMTP("127.0.0.1", sink.address.port, timeout=timeout)
    try:
        yield connection
    finally:
        connection.close()


def send(connection: smtplib.SMTP, number: int, to: str = "a@b.example") -> None:
    connection.sendmail("k@k.example", [to], MAIL % number)


def talk(sink: OwnSink, *said: bytes, replies: int) -> bytes:
    """Say all of this without waiting; give what came back, once there are so many lines."""
    with socket.create_connection(("127.0.0.1", sink.address.port), timeout=5) as connection:
        connection.sendall(b"".join(said))
        heard = b""
        while heard.count(b"\r\n") < replies and (more := connection.recv(65536)):
            heard += more
        return heard


def test_messages_are_counted_written_down_and_thrown_away(log: Path) -> None:
    with own_sink(SinkOptions(log=str(log))) as sink:
        with client(sink) as connection:
            connection.ehlo()
            assert {"pipelining", "size", "8bitmime"} <= set(connection.esmtp_features)
            send(connection, 1)
            send(connection, 2, "c@d.example")
        counts = sink.stop()
    assert (counts.accepted, counts.signed, counts.connections) == (2, 2, 1)
    assert counts.bytes == 2 * len(MAIL % 1)
    assert read_log(log) == [
        ("accepted", "<1.1@k.example>", "a@b.example"), ("accepted", "<1.2@k.example>", "c@d.example")
    ]  # fmt: skip


def test_commands_that_come_together_are_answered_in_order(log: Path) -> None:
    envelope = b"MAIL FROM:<k@k.example>\r\nRCPT TO:<a@b.example>\r\nDATA\r\n"
    first, second = MAIL % 1 + b".\r\n", MAIL % 2 + b".\r\n"
    with own_sink(SinkOptions(log=str(log), wait_ms=5)) as sink:
        heard = talk(sink, b"EHLO me\r\n", envelope, first, envelope, second, b"QUIT\r\n", replies=14)
    codes = [line[:4] for line in heard.split(b"\r\n") if line]
    envelope_codes = [b"250 ", b"250 ", b"354 ", b"250 "]
    assert codes == [b"220 ", b"250-", b"250-", b"250-", b"250 ", *envelope_codes, *envelope_codes, b"221 "]
    assert [entry[1] for entry in read_log(log)] == ["<1.1@k.example>", "<1.2@k.example>"]


def test_the_end_of_a_message_is_found_however_it_is_cut(log: Path) -> None:
    whole = b"EHLO me\r\nMAIL FROM:<k@k>\r\nRCPT TO:<a@b>\r\nDATA\r\n" + MAIL % 1 + b"..dot\r\n.\r\nQUIT\r\n"
    with (
        own_sink(SinkOptions(log=str(log))) as sink,
        socket.create_connection(("127.0.0.1", sink.address.port), timeout=5) as connection,
    ):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in whole:
            connection.sendall(bytes([byte]))
        while connection.recv(65536):
            pass
    assert len(read_log(log)) == 1


def test_an_empty_message_is_one_too(log: Path) -> None:
    with own_sink(SinkOptions(log=str(log))) as sink:
        talk(sink, b"MAIL FROM:<>\r\nRCPT TO:<a@b>\r\nDATA\r\n.\r\nQUIT\r\n", replies=6)
    assert read_log(log) == [("accepted", "", "a@b")]


def test_what_it_took_is_written_down_before_it_says_so(log: Path) -> None:
    with own_sink(SinkOptions(log=str(log))) as sink, client(sink) as connection:
        for number in range(50):
            send(connection, number)
        sink.kill()
        assert len(read_log(log)) == 50


def test_a_killed_sink_comes_back_on_its_port_and_writes_on(log: Path) -> None:
    with own_sink(SinkOptions(log=str(log))) as sink:
        port = sink.address.port
        with client(sink) as connection:
            send(connection, 1)
            sink.kill()
            with pytest.raises((OSError, smtplib.SMTPException)):
                send(connection, 2)
        sink.start()
        assert sink.address.port == port
        with client(sink) as connection:
            send(connection, 3)
    assert [entry[1] for entry in read_log(log)] == ["<1.1@k.example>", "<1.3@k.example>"]


def test_a_lost_reply_is_a_message_that_arrived(log: Path) -> None:
    with (
        own_sink(SinkOptions(log=str(log), faults=("lose:1",))) as sink,
        client(sink) as connection,
        pytest.raises((OSError, smtplib.SMTPException)),
    ):
        send(connection, 1)
    assert [entry[0] for entry in read_log(log)] == ["accepted", "lost"]


def test_a_message_without_an_answer_is_not_taken(log: Path) -> None:
    with (
        own_sink(SinkOptions(log=str(log), faults=("hang-data:1",))) as sink,
        client(sink, 0.3) as connection,
        pytest.raises((OSError, smtplib.SMTPException)),
    ):
        send(connection, 1)
    assert [entry[0] for entry in read_log(log)] == ["lost"]


@pytest.mark.parametrize("fault", ["hang-connect:1", "hang-mail:1"])
def test_a_server_can_accept_and_say_nothing(fault: str, log: Path) -> None:
    with (
        own_sink(SinkOptions(log=str(log), faults=(fault,))) as sink,
        pytest.raises((OSError, smtplib.SMTPException)),
        client(sink, 0.3) as connection,
    ):
        send(connection, 1)
    assert read_log(log) == []


@pytest.mark.parametrize(
    ("fault", "noted"), [("421-connect:1", []), ("421-mail:1", []), ("421-data:1", ["refused"])]
)
def test_a_server_can_answer_421_and_close(fault: str, noted: list[str], log: Path) -> None:
    with own_sink(SinkOptions(log=str(log), faults=(fault,))) as sink:
        with pytest.raises(smtplib.SMTPResponseException) as caught, client(sink) as connection:
            send(connection, 1)
        assert caught.value.smtp_code == 421
    assert [entry[0] for entry in read_log(log)] == noted


def test_a_server_can_close_after_so_many_messages(log: Path) -> None:
    with own_sink(SinkOptions(log=str(log), faults=("close:2",))) as sink, client(sink) as connection:
        send(connection, 1)
        send(connection, 2)
        with pytest.raises((OSError, smtplib.SMTPException)):
            send(connection, 3)
    assert len(read_log(log)) == 2


def test_recipients_are_refused_for_good_or_for_now(log: Path) -> None:
    with own_sink(SinkOptions(log=str(log), faults=("5xx:1",))) as sink, client(sink) as connection:
        for _ in range(2):
            with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
                send(connection, 1)
            assert caught.value.recipients["a@b.example"][0] == 550
    with own_sink(SinkOptions(log=str(log), faults=("4xx:1",))) as sink, client(sink) as connection:
        with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
            send(connection, 1)
        assert caught.value.recipients["a@b.example"][0] == 451
        send(connection, 1)
    assert [entry[0] for entry in read_log(log)] == ["refused", "refused", "refused", "accepted"]


def test_it_waits_before_each_message_and_serves_others_meanwhile() -> None:
    with own_sink(SinkOptions(wait_ms=800)) as sink, client(sink) as one, client(sink) as other:
        began = time.monotonic()
        one.ehlo()
        one.mail("k@k.example")
        one.rcpt("a@b.example")
        one.putcmd("data")
        one.getreply()
        one.send(b"Subject: x\r\n\r\nHello\r\n.\r\n")
        other.noop()
        assert time.monotonic() - began < 0.8
        assert one.getreply()[0] == 250
        assert time.monotonic() - began >= 0.8


def test_trouble_comes_as_often_as_it_was_asked_for() -> None:
    faults = Faults([read_fault("lose:3")])
    assert [faults.strikes(Trouble.LOSE) for _ in range(6)] == [False, False, True, False, False, True]
    assert not any(faults.strikes(Trouble.REFUSE_MAIL) for _ in range(6))


@pytest.mark.parametrize("text", ["", "lose", "lose:0", "lose:x", "lose:-1", "fire:3"])
def test_trouble_that_there_is_not_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not one of"):
        read_fault(text)


def test_a_torn_line_of_the_log_is_left_out(log: Path) -> None:
    log.write_text("accepted\t<1>\ta@b\naccepted\t<2>\tc@")
    assert read_log(log) == [("accepted", "<1>", "a@b")]
    assert read_log(log.with_name("none")) == []

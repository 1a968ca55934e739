"""What a unit says of its records: fields, patterns, rates, runs; and copies to elsewhere, and what comes from elsewhere."""

import contextlib
import json
import os
import re
import socket
import sys
import threading
import time

import pytest

sys.path.insert(0, os.path.dirname(__file__))
from svlog_driver import Svlog, stream, END_LINE  # noqa: E402

SYSLOG, MACHINE, KERNEL = range(3)


@pytest.fixture
def directory(tmp_path):
    return str(tmp_path / "log")


@pytest.fixture
def svlog(directory):
    with Svlog(directory) as running:
        yield running


@pytest.mark.parametrize("rules,kept", [
    (["+a"], ["apple", "banana"]),
    (["-a"], ["kiwi"]),
    (["+a", "-^b"], ["apple"]),
    (["-^b", "+a"], ["apple"]),
    (["+^k", "+pple$"], ["apple", "kiwi"]),
    (["-."], []),
    (["+(?i)KIWI"], ["kiwi"]),
    (["+\\d"], []),
    (["+("], ["apple", "banana", "kiwi"]),
])
def test_filter_patterns(svlog, rules, kept):
    svlog.add(2, "a.service", rules=rules).write(b"apple\nbanana\nkiwi\n")
    svlog.flush()
    found = svlog.texts("a.service") if os.path.exists(svlog.path("a.service")) else []
    assert [text.decode() for text in found] == kept
    assert ("svinit" in os.listdir(svlog.directory)) == (rules == ["+("])


def test_patterns_hold_for_what_a_killed_svlog_left(svlog):
    pipe = svlog.add(2, "a.service", rules=["-secret"])
    for i in range(30):
        pipe.write(b"%d open\n%d secret\n%d par" % (i, i, i))
        svlog.flush()
        svlog.kill()
        if i == 29:
            svlog.streams.pop(2)
        svlog.start()
        if i < 29:
            pipe.write(b"tial secret\n")
    assert svlog.finish() == 0
    assert svlog.texts("a.service") == [b"%d open" % i for i in range(30)] + [b"29 par"]
    pipe.close()


def test_extra_fields(svlog, tmp_path):
    fields = ["FCOLOR=red \"quoted\"", "FNUMBER_2=1=2", "F_OWN=no", "Flower=no", "F=no"]
    svlog.add(2, "a.service", json=1, rules=fields).write(b"one\n")
    svlog.flush()
    record = json.loads(open(svlog.path("a.service"), "rb").read())
    assert (record["COLOR"], record["NUMBER_2"], record["MESSAGE"]) == ('red "quoted"', "1=2", "one")
    assert "_OWN" not in record and "lower" not in record


def test_a_rate_is_told_at_the_end_of_the_run(svlog):
    svlog.add(2, "a.service", rate_burst=3, rate_interval=3600_000_000).write(b"x\n" * 10)
    svlog.flush()
    assert svlog.texts("a.service") == [b"x"] * 3
    svlog.send(stream(END_LINE, 2))
    svlog.flush()
    assert svlog.texts("a.service") == [b"x"] * 3 + [b"svlog: 7 lines suppressed by LogRateLimitBurst="]


def test_a_high_burst_is_not_cut(svlog):
    svlog.add(2, "a.service", max_bytes=64 << 20, rate_burst=70_000, rate_interval=3600_000_000).write(b"x\n" * 70_001)
    svlog.drop(2)
    assert svlog.texts("a.service") == [b"x"] * 70_000 + [b"svlog: 1 lines suppressed by LogRateLimitBurst="]


def test_invocations_are_told_once_before_the_first_record(svlog):
    first, second = bytes(range(16)), bytes(range(16, 32))
    pipe = svlog.add(2, "a.service", invocation=first)
    quiet = svlog.add(4, "quiet.service", invocation=first)
    pipe.write(b"one\ntwo\n")
    svlog.flush()
    svlog.begin_invocation(2, second)
    svlog.flush()
    pipe.write(b"three\n")
    svlog.flush()
    assert svlog.texts("a.service") == [b"svlog: invocation " + first.hex().encode(), b"one", b"two",
                                        b"svlog: invocation " + second.hex().encode(), b"three"]
    assert not os.path.exists(svlog.path("quiet.service"))
    del quiet


def test_invocations_do_not_show_on_the_console(directory, tmp_path):
    with open(tmp_path / "console", "wb") as console:
        with Svlog(directory, stdout=console, console=1) as svlog:
            svlog.add(2, "a.service", invocation=bytes(range(16))).write(b"one\n")
            svlog.flush()
    assert (tmp_path / "console").read_bytes() == b"a | one\n"


# To a syslog server

def udp_server():
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    server.settimeout(20)
    return server


FORWARDED = re.compile(rb"<(\d+)>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}[+-]\d\d:\d\d) (\S+) (\S+) (\S+) - - (.*)", re.S)


def test_forwarding_over_udp(directory):
    server = udp_server()
    with Svlog(directory, forward="udp:127.0.0.1:%d" % server.getsockname()[1]) as svlog:
        svlog.add(2, "web.service", facility=16).write(b"<3>bad\nplain \xff\n")
        svlog.flush()
        first, second = (FORWARDED.fullmatch(server.recv(65536)) for _ in range(2))
        assert (int(first[1]), first[4], first[6]) == (16 * 8 + 3, b"web", b"bad")
        assert (int(second[1]), second[6]) == (16 * 8 + 6, b"plain \xff")
        svlog.add(4, "b.service", identifier="my ident", pid=77).write(b"x" * 20_000 + b"\n")
        svlog.flush()
        third = FORWARDED.fullmatch(server.recv(65536))
        assert (third[4], third[5]) == (b"myident", b"77") and len(third[0]) == 8192
        assert svlog.texts("web.service") == [b"bad", b"plain \xff"]


def frames(connection):
    """RFC 6587: a count, a space, so many bytes."""
    pending = b""
    while True:
        match = re.match(rb"(\d+) ", pending)
        if match and len(pending) >= match.end() + int(match[1]):
            end = match.end() + int(match[1])
            yield pending[match.end():end]
            pending = pending[end:]
            continue
        data = connection.recv(65536)
        if not data:
            return
        pending += data


def test_forwarding_over_tcp_over_an_absent_server(directory):
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]
    server.close()
    with Svlog(directory, forward="tcp:127.0.0.1:%d" % port) as svlog:
        pipe = svlog.add(2, "web.service")
        for i in range(100):
            pipe.write(b"%d with a\ttab\n" % i)
        svlog.flush()
        server = socket.create_server(("127.0.0.1", port))
        server.settimeout(30)
        connection, _ = server.accept()
        connection.settimeout(30)
        received = frames(connection)
        for i in range(100):
            assert FORWARDED.fullmatch(next(received))[6] == b"%d with a\ttab" % i
        server.close()


def test_a_slow_server_holds_nothing_up_and_is_told_what_it_lacks(directory):
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(30)
    with Svlog(directory, forward="tcp:127.0.0.1:%d" % server.getsockname()[1]) as svlog:
        pipe = svlog.add(2, "web.service", max_bytes=256 << 20)
        count = 60_000
        for i in range(0, count, 1000):
            pipe.write(b"".join(b"%d %s\n" % (j, b"." * 300) for j in range(i, i + 1000)))
        svlog.flush()
        assert len(svlog.texts("web.service")) == count
        connection, _ = server.accept()
        connection.settimeout(30)
        expected = lost = 0
        received = frames(connection)
        while expected < count:
            text = FORWARDED.fullmatch(next(received))[6]
            gap = re.match(rb"svlog: (\d+) records were not forwarded", text)
            if gap:
                lost += int(gap[1])
                expected += int(gap[1])
            else:
                assert int(text.split()[0]) == expected
                expected += 1
        assert lost > 0 and expected == count
        pipe.write(b"again\n")
        assert FORWARDED.fullmatch(next(received))[6] == b"again"
    server.close()


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
def test_forwarding_to_a_local_socket(directory, tmp_path, kind):
    path = str(tmp_path / "server")
    server = socket.socket(socket.AF_UNIX, kind)
    server.bind(path)
    server.settimeout(30)
    if kind == socket.SOCK_STREAM:
        server.listen()
    with Svlog(directory, forward="unix:" + path) as svlog:
        svlog.add(2, "web.service").write(b"hello\n")
        svlog.flush()
        if kind == socket.SOCK_STREAM:
            connection, _ = server.accept()
            text = next(frames(connection))
        else:
            text = server.recv(65536)
        assert FORWARDED.fullmatch(text)[6] == b"hello"


def test_a_target_that_makes_no_sense_is_told(directory):
    with Svlog(directory, forward="udp:name.example") as svlog:
        svlog.add(2, "web.service").write(b"hello\n")
        svlog.flush()
        assert svlog.texts("web.service") == [b"hello"]
        assert b"cannot forward to udp:name.example" in svlog.texts("svinit")[0]


# From syslog and the kernel

@contextlib.contextmanager
def syslog_socket(svlog, tmp_path, kind=SYSLOG):
    path = str(tmp_path / "syslog")
    server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    server.bind(path)
    svlog.add_intake(kind, server.fileno())
    client = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    client.connect(path)
    yield client
    client.close()
    server.close()


def test_syslog_messages(svlog, tmp_path):
    with syslog_socket(svlog, tmp_path) as client:
        client.send(b"<13>Nov 21 00:35:10 tag[77]: hello there\n")
        client.send(b"<38>sshd: no stamp\0")
        client.send(b"no priority")
        client.send(b"<999>x")
        client.send(b'<165>1 2003-08-24T05:14:15.000003-07:00 host app 77 ID47 [a@1 b="]c\\""] modern words')
        client.send(b"<3>two\nlines")
        client.send(b"")
        svlog.flush()
        assert svlog.records("syslog") == [
            ("l", 5, b"tag[77]: hello there"), ("l", 6, b"sshd: no stamp"), ("l", 5, b"no priority"),
            ("l", 5, b"<999>x"), ("l", 5, b"modern words"), ("l", 3, b"two"), ("l", 3, b"lines")]


def test_syslog_messages_outlive_svlog(svlog, tmp_path):
    with syslog_socket(svlog, tmp_path) as client:
        client.setblocking(True)

        def send():
            for i in range(20_000):
                client.send(b"<14>app: %d" % i)
        thread = threading.Thread(target=send)
        thread.start()
        while thread.is_alive():
            time.sleep(0.02)
            svlog.kill()
            svlog.start()
        thread.join()
        svlog.flush(60)
        seen = [int(text.split()[1]) for text in svlog.texts("syslog")]
        # Killed between the journal and the socket, one may be there twice; none is missing.
        assert sorted(set(seen)) == list(range(20_000)) and seen == sorted(seen)


def test_messages_of_the_kernel(svlog):
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    svlog.add_intake(KERNEL, theirs.fileno())
    ours.send(b"6,339,5140900,-;NET: Registered protocol family 10\n SUBSYSTEM=acpi\n")
    ours.send(b"30,340,5690716,-;udevd[80]: starting version 181")
    ours.send(b"3,345,5690717,-;after a gap")
    ours.send(b"garbage")
    svlog.flush()
    svlog.kill()
    svlog.start()
    ours.send(b"3,345,5690717,-;again")
    ours.send(b"3,346,5690717,-;the next")
    svlog.flush()
    assert svlog.records("kernel") == [
        ("k", 6, b"NET: Registered protocol family 10"), ("k", 6, b"udevd[80]: starting version 181"),
        ("k", 3, b"after a gap"), ("k", 3, b"the next")]
    assert svlog.texts("svinit") == [b"svlog: 4 messages of the kernel were lost"]

"""Socket units: their sockets stay open, and a connection starts the service and waits for it."""
import contextlib
import os
import signal
import socket
import stat

import pytest

from harness import until

# Serves each connection on its descriptors; says who it is. Ends after a connection that says "end".
ECHO = """[Service]
ExecStart=/usr/bin/python3 @top@/echo.py
"""
PROGRAM = """
import os, selectors, socket
assert int(os.environ["LISTEN_PID"]) == os.getpid()
open(os.path.join(os.path.dirname(__file__), "names"), "w").write(os.environ["LISTEN_FDNAMES"])
waiting = selectors.DefaultSelector()
for fd in range(3, 3 + int(os.environ["LISTEN_FDS"])):
    waiting.register(socket.socket(fileno=fd), selectors.EVENT_READ)
while True:
    for key, _ in waiting.select():
        if key.fileobj.type == socket.SOCK_DGRAM:
            data, sender = key.fileobj.recvfrom(1000)
            key.fileobj.sendto(b"%d %s" % (os.getpid(), data), sender)
            continue
        try:
            key.fileobj.setblocking(False)
            connection, _ = key.fileobj.accept()
        except BlockingIOError:
            continue
        connection.setblocking(True)
        data = connection.recv(1000)
        connection.sendall(b"%d %s" % (os.getpid(), data))
        connection.close()
        if data == b"end":
            raise SystemExit
"""


def ask(address, text=b"hello", family=socket.AF_UNIX, kind=socket.SOCK_STREAM):
    """The pid that answered."""
    with contextlib.closing(socket.socket(family, kind)) as client:
        client.settimeout(60)
        client.connect(address)
        client.sendall(text)
        pid, echo = client.recv(1000).split(b" ", 1)
        assert echo == text
        return int(pid)


def free_port(kind=socket.SOCK_STREAM):
    with contextlib.closing(socket.socket(socket.AF_INET, kind)) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def echo(svinit):
    def make(lines, service=ECHO):
        made = svinit({"echo": service, "echo.socket": "[Socket]\n" + lines}, start=False)
        made.file("echo.py").write_text(PROGRAM, encoding="utf-8")
        made.start()
        made.until_active("echo.socket")
        return made
    return make


def test_a_connection_starts_the_service(echo):
    sv = echo("ListenStream=@top@/deep/er/echo.sock\nSocketMode=0600\n")
    path = str(sv.file("deep/er/echo.sock"))
    assert sv.state("echo.socket") == ("active", "listening")
    assert sv.state("echo") == ("inactive", "dead")
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    pid = ask(path)
    assert sv.show("echo")["MainPID"] == pid
    assert sv.state("echo.socket") == ("active", "running")
    assert sv.lines("names") == ["echo.socket"]
    assert ask(path) == pid


def test_connections_wait_while_the_service_is_restarted(echo):
    sv = echo("ListenStream=@top@/echo.sock\n",
              "[Unit]\nStartLimitIntervalSec=0\n" + ECHO + "Restart=always\nRestartSec=0\n")
    path = str(sv.file("echo.sock"))
    seen = {ask(path)}
    for _ in range(5):
        sv.ctl("restart", "echo", check=0)
        seen.add(ask(path))
    os.kill(sv.show("echo")["MainPID"], signal.SIGKILL)
    seen.add(ask(path))
    assert len(seen) >= 6


def test_it_listens_again_when_the_service_has_ended(echo):
    sv = echo("ListenStream=@top@/echo.sock\n")
    path = str(sv.file("echo.sock"))
    first = ask(path, b"end")
    sv.until_state("echo", "inactive")
    until(lambda: sv.state("echo.socket") == ("active", "listening"), "the socket to listen again")
    assert ask(path) != first
    sv.ctl("stop", "echo", check=0)
    assert ask(path)


def test_tcp_udp_and_names(echo):
    tcp, udp = free_port(), free_port(socket.SOCK_DGRAM)
    sv = echo(f"ListenStream=127.0.0.1:{tcp}\nListenDatagram=127.0.0.1:{udp}\nListenStream=@svinit-test-{tcp}\n"
              "FileDescriptorName=web\nKeepAlive=yes\nNoDelay=yes\n")
    pid = ask(("127.0.0.1", tcp), family=socket.AF_INET)
    assert ask(("127.0.0.1", udp), family=socket.AF_INET, kind=socket.SOCK_DGRAM) == pid
    assert ask(f"\0svinit-test-{tcp}") == pid
    assert sv.lines("names") == ["web:web:web"]


def test_a_stopped_socket_is_gone(echo):
    sv = echo("ListenStream=@top@/echo.sock\nRemoveOnStop=yes\nSymlinks=@top@/link.sock\n")
    path = sv.file("echo.sock")
    ask(str(sv.file("link.sock")))
    sv.ctl("stop", "echo.socket", "echo", check=0)
    assert not path.exists() and not sv.file("link.sock").is_symlink()
    sv.ctl("start", "echo.socket", check=0)
    assert ask(str(path))


def test_what_a_dead_process_left_gives_way_and_a_live_one_does_not(echo, svinit):
    sv = echo("ListenStream=@top@/echo.sock\n")
    sv.ctl("stop", "echo.socket", check=0)
    sv.ctl("start", "echo.socket", check=0)
    other = svinit({"other": ECHO, "other.socket": f"[Socket]\nListenStream={sv.file('echo.sock')}\n"})
    answer = other.ctl("start", "other.socket")
    assert answer.returncode != 0 and "in use" in answer.stderr and "echo.sock" in answer.stderr
    assert ask(str(sv.file("echo.sock")))


def test_a_service_that_takes_nothing_is_not_started_for_ever(svinit):
    sv = svinit({"deaf": "[Unit]\nStartLimitBurst=1000\n[Service]\nExecStart=/bin/true\n",
                 "deaf.socket": "[Socket]\nListenStream=@top@/deaf.sock\nTriggerLimitBurst=5\n"})
    sv.until_active("deaf.socket")
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as client:
        client.connect(str(sv.file("deaf.sock")))
        sv.until_state("deaf.socket", "failed")
    assert sv.show("deaf.socket")["Result"] == "trigger-limit-hit"
    sv.ctl("reset-failed", "deaf.socket", check=0)
    sv.ctl("start", "deaf.socket", check=0)


def test_bad_socket_units_say_so(svinit):
    sv = svinit({"a": ECHO, "a.socket": "[Socket]\nListenStream=70000\n",
                 "b": ECHO, "b.socket": "[Socket]\nListenStream=@top@/b\nAccept=yes\n",
                 "c": ECHO, "c.socket": "[Socket]\nListenStream=@top@/c\nSocketUser=nobdy\n"})
    sv.until_said("a.socket:2: ListenStream=\"70000\" is no socket address: a path, a port from 1 to 65535")
    for unit, words in (("a", "no ListenStream="), ("b", "Accept=yes is refused"), ("c", "nobdy")):
        answer = sv.ctl("start", f"{unit}.socket")
        assert answer.returncode != 0 and words in answer.stderr, (unit, answer.stderr)


def test_sockets_stay_open_over_daemon_reexec(echo):
    sv = echo("ListenStream=@top@/echo.sock\n")
    path = str(sv.file("echo.sock"))
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as client:
        pid = ask(path)
        sv.ctl("daemon-reexec", check=0)
        assert ask(path) == pid
        sv.ctl("stop", "echo", check=0)
        client.connect(path)
        client.sendall(b"still")
        assert client.recv(100).endswith(b" still")
    assert sv.show("echo")["MainPID"] != pid

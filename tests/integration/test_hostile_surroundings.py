"""svinit where little is allowed, little is left, and somebody means ill."""
import contextlib
import os
import resource
import socket
import subprocess

import pytest

import harness

SLEEP = "[Service]\nExecStart=/bin/sleep infinity\n"
AS_NOBODY = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]

ordinary_user = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


def launch_as(made, prefix, options, environment=None, **keywords):
    """svinit by another name than root's, or under other limits: started by hand, for the harness to end."""
    with made.output.open("ab") as output:
        made.process = subprocess.Popen([*prefix, str(harness.BUILD / "svinit"), *options], stdin=subprocess.DEVNULL,
                                        env=environment or {"PATH": os.environ["PATH"]},
                                        **{"stdout": output, "stderr": output, **keywords})
    made.pid = made.process.pid
    return made


def ended(made):
    return made.process.wait(harness.DEADLINE)


def test_a_file_as_unit_directory(svinit):
    made = svinit({"s": SLEEP}, start=False)
    launch_as(made, [], ["--units", str(made.units / "s.service"), "--runtime-dir", str(made.runtime),
                         "--log-dir", "none"])
    made.until_said("s.service")
    made.until_said("Not a directory")


@ordinary_user
def test_a_unit_directory_that_may_not_be_read(svinit):
    made = svinit({"s": SLEEP}, start=False)
    made.units.chmod(0o700)
    made.runtime.mkdir()
    os.chown(made.runtime, 65534, 65534)
    launch_as(made, AS_NOBODY, ["--units", str(made.units), "--runtime-dir", str(made.runtime), "--log-dir", "none"])
    made.until_said(str(made.units))
    made.until_said("Permission denied")


@ordinary_user
def test_nothing_is_writable(svinit):
    """Console logs, no control socket, and it says so."""
    made = svinit({"s": "[Service]\nExecStart=/bin/sh -c 'echo here I am; exec sleep infinity'\n"}, start=False)
    launch_as(made, AS_NOBODY, ["--units", str(made.units)])
    made.until_said("here I am")
    made.until_said("going on without a control socket")
    made.until_said("XDG_RUNTIME_DIR")
    assert made.stop() == 0


@ordinary_user
def test_directories_that_are_read_only(svinit):
    made = svinit({"s": "[Service]\nExecStart=/bin/sh -c 'echo here I am; exec sleep infinity'\n"}, start=False)
    for path in (made.runtime, made.logs):
        path.mkdir(mode=0o755)
    launch_as(made, AS_NOBODY, ["--units", str(made.units), "--runtime-dir", str(made.runtime / "below"),
                                "--log-dir", str(made.logs)])
    made.until_said("here I am")
    made.until_said("going on without a control socket")
    made.until_said(str(made.logs))
    assert made.stop() == 0


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)])
def test_standard_descriptors_are_closed(svinit, closed):
    made = svinit({"s": "[Service]\nExecStart=/bin/sh -c 'ls -l /proc/self/fd > @top@/fds; exec sleep infinity'\n"},
                  start=False)
    redirections = " ".join(f"{fd}>&-" for fd in closed)
    launch_as(made, ["sh", "-c", f'exec "$@" {redirections}', "sh"],
              ["--units", str(made.units), "--runtime-dir", str(made.runtime), "--log-dir", str(made.logs)])
    harness.until(made.answers, "the control socket")
    made.until_active("s")
    harness.until(lambda: len(made.lines("fds")) > 3, "the descriptors")
    assert made.stop() == 0


def test_few_descriptors(svinit):
    """Thirty units do not fit into 64 descriptors: whatever does not start says why, and svinit can still be asked."""
    units = {f"u{i}": f"[Service]\nExecStart=/bin/sh -c 'echo {i}; exec sleep infinity'\n" for i in range(30)}
    made = svinit(units, start=False)
    launch_as(made, [], ["--units", str(made.units), "--runtime-dir", str(made.runtime), "--log-dir", str(made.logs)],
              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)))
    harness.until(made.answers, "the control socket")
    states = harness.until(lambda: settled(made, units), "all units to be up or failed")
    assert states.count("active") >= 5
    made.ctl("list", check=0)
    made.ctl("stop", "u0", check=0)
    for name, state in zip(units, states):
        if state != "active":
            assert "open files" in made.ctl("start", name).stderr or made.state(name)[0] == "active"
            break
    assert made.stop() == 0


def settled(made, units):
    states = [unit["ActiveState"] for unit in made.call("Show", units=[harness.full_name(name) for name in units])["units"]]
    return states if all(state in ("active", "failed", "inactive") for state in states) else None


def test_a_second_svinit_on_the_same_runtime_directory(svinit):
    made = svinit({"s": SLEEP})
    made.until_active("s")
    pid = made.main_pid("s")
    second = subprocess.run(made.command(), capture_output=True, text=True, stdin=subprocess.DEVNULL,
                            timeout=harness.DEADLINE, check=False)
    assert second.returncode == 1
    assert str(made.pid) in second.stderr and str(made.runtime) in second.stderr
    assert made.main_pid("s") == pid and harness.is_alive(pid)


def hostile_client(made, data):
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(harness.DEADLINE)
    client.connect(str(made.runtime / "control"))
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        client.sendall(data)
    return client


@pytest.mark.parametrize("data", [b"\0", b"\0" * 5000, b"{}\0", b"[]\0", b'{"method":1}\0', b"\xff" * 5000 + b"\0",
                                  b'{"method":"' + b"x" * 100000 + b'"}\0', b"[" * 200000 + b"\0",
                                  b'{"method":"org.svinit.Supervisor.Start","parameters":{"units":{}}}\0',
                                  b'{"method":"org.svinit.Supervisor.Start","parameters":[1]}\0',
                                  b"x" * (2 << 20)],
                         ids=lambda data: data[:8].hex())
def test_garbage_on_the_control_socket(svinit, data):
    made = svinit({"s": SLEEP})
    made.until_active("s")
    pid = made.main_pid("s")
    with contextlib.closing(hostile_client(made, data)) as client:
        with contextlib.suppress(ConnectionResetError):
            client.recv(1 << 16)
    assert made.main_pid("s") == pid


def test_half_messages_and_clients_that_never_read(svinit):
    made = svinit({"s": SLEEP})
    made.until_active("s")
    question = b'{"method":"org.svinit.Supervisor.Show","parameters":{"units":["*"]},"more":true}\0'
    clients = [hostile_client(made, b'{"method":"org.svinit') for _ in range(10)]
    for _ in range(5):
        deaf = hostile_client(made, b"")
        deaf.setblocking(False)
        with contextlib.suppress(BlockingIOError, BrokenPipeError, ConnectionResetError):
            for _ in range(2000):
                deaf.send(question)
        clients.append(deaf)
    assert made.ctl("is-active", "s").stdout.strip() == "active"
    made.ctl("restart", "s", check=0)
    for client in clients:
        client.close()
    assert made.stop() == 0


def test_a_unit_directory_with_three_thousand_units(svinit):
    made = svinit({"last": "[Unit]\nAfter=u2999.service\n" + SLEEP}, start=False)
    for i in range(3000):
        made.write(f"u{i}", "[Service]\nType=oneshot\nRemainAfterExit=yes\n[Unit]\nConditionPathExists=!/\n"
                   "[Service]\nExecStart=/bin/true\n")
    made.start()
    made.until_active("last", 60)
    assert len(made.call("Show", units=["u*"], properties=["Id"])["units"]) == 3000
    assert made.stop() == 0

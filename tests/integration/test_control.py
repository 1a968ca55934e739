"""svctl and the control socket: what they say, their exit statuses, and that nobody on the socket can do harm."""
import contextlib
import json
import os
import socket
import stat
import subprocess

import pytest

from harness import BUILD, Control, VarlinkError, full_name, until

SLEEP = "[Service]\nExecStart=/bin/sleep infinity\n"


@pytest.fixture
def pair(svinit):
    """An svinit with one unit that is up and one that failed."""
    sv = svinit({"up": "[Unit]\nDescription=Something that is up\n" + SLEEP, "broken": "[Service]\nExecStart=/bin/false\n"})
    sv.until_active("up")
    sv.until_state("broken", "failed")
    return sv


def test_exit_statuses_are_systemctls(pair):
    for arguments, status, word in [
        (["is-active", "up"], 0, "active"), (["is-active", "broken"], 3, "failed"),
        (["is-failed", "broken"], 0, "failed"), (["is-failed", "up"], 1, "active"),
        (["status", "up"], 0, "active (running)"), (["status", "broken"], 3, "failed"),
        (["status", "nonexistent"], 4, ""), (["start", "nonexistent"], 5, ""),
        (["is-active", "nonexistent"], 4, "inactive"),
    ]:
        answer = pair.ctl(*arguments)
        assert answer.returncode == status, (arguments, answer)
        assert word in answer.stdout, (arguments, answer)


def test_status_shows_what_people_look_for(pair):
    said = pair.ctl("status", "up", check=0).stdout
    for text in ("up.service", "Something that is up", "Loaded: loaded", "Active: active (running)", "Main PID:",
                 str(pair.main_pid("up")), "sleep infinity"):
        assert text in said
    said = pair.ctl("status", "broken", check=3).stdout
    assert "status=1" in said


def test_json_is_json_with_systemds_names(pair):
    shown = json.loads(pair.ctl("--json", "show", "up", check=0).stdout)
    text = json.dumps(shown)
    for name in ("Id", "ActiveState", "SubState", "MainPID", "NRestarts", "Result"):
        assert f'"{name}"' in text
    assert "up.service" in json.dumps(json.loads(pair.ctl("--json", "list", check=0).stdout))
    assert "up.service" in json.dumps(json.loads(pair.ctl("--json", "list-units", check=0).stdout))


def test_show_prints_properties(pair):
    said = pair.ctl("show", "-p", "ActiveState,SubState", "up", check=0).stdout.split()
    assert sorted(said) == ["ActiveState=active", "SubState=running"]
    assert pair.ctl("show", "-p", "MainPID", "--value", "up", check=0).stdout.strip() == str(pair.main_pid("up"))


def test_an_unknown_unit_gets_the_nearest_names(svinit):
    sv = svinit({"webserver": SLEEP})
    answer = sv.ctl("start", "websever")
    assert answer.returncode == 5
    assert "webserver" in answer.stderr


def test_an_unknown_verb(pair):
    answer = pair.ctl("strat", "up")
    assert answer.returncode != 0
    assert "start" in answer.stderr


def test_globs_and_several_units(svinit):
    sv = svinit({"w1": SLEEP, "w2": SLEEP, "other": SLEEP})
    for unit in ("w1", "w2", "other"):
        sv.until_active(unit)
    sv.ctl("stop", "w*", check=0)
    assert [sv.state(unit)[0] for unit in ("w1", "w2", "other")] == ["inactive", "inactive", "active"]
    sv.ctl("start", "w1", "w2.service", check=0)
    assert [sv.state(unit)[0] for unit in ("w1", "w2")] == ["active", "active"]


def test_wait(svinit):
    sv = svinit({"slow": "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh -c 'sleep 0.5'\n"})
    sv.ctl("wait", "slow", "--for=ready", "--timeout=10", check=0)
    assert sv.state("slow") == ("active", "exited")
    assert sv.ctl("wait", "slow", "--for=stopped", "--timeout=0.2").returncode != 0


def test_why_names_what_is_waited_for(svinit):
    sv = svinit({"slow": "[Service]\nType=oneshot\nExecStart=/bin/sleep 30\n",
                 "behind": "[Unit]\nAfter=slow.service\n" + SLEEP})
    until(lambda: sv.state("slow")[0] == "activating", "the slow one")
    assert "slow.service" in sv.ctl("why", "behind", check=0).stdout


def test_kill_verb(pair):
    old = pair.main_pid("up")
    pair.ctl("kill", "--signal=KILL", "up", check=0)
    pair.until_state("up", "failed")
    assert pair.show("up")["ExecMainStatus"] == 9
    assert old


def test_tree_shows_processes(pair):
    said = pair.ctl("tree", check=0).stdout
    assert "up.service" in said
    assert str(pair.main_pid("up")) in said


def test_monitor_shows_changes(pair):
    with subprocess.Popen([str(BUILD / "svctl"), "--runtime-dir", str(pair.runtime), "--json", "monitor"],
                          stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as monitor:
        try:
            os.set_blocking(monitor.stdout.fileno(), False)
            seen = b""

            def saw_restart():
                nonlocal seen
                pair.ctl("restart", "up", check=0)
                seen += monitor.stdout.read() or b""
                return b"up.service" in seen
            until(saw_restart, "an event")
        finally:
            monitor.kill()


def test_list_dependencies(svinit):
    sv = svinit({"a": "[Unit]\nRequires=b.service\n" + SLEEP, "b": SLEEP})
    sv.until_active("a")
    assert "b.service" in sv.ctl("list-dependencies", "a", check=0).stdout
    assert "a.service" in sv.ctl("list-dependencies", "--reverse", "b", check=0).stdout


def test_without_svinit_svctl_says_so(tmp_path):
    answer = subprocess.run([str(BUILD / "svctl"), "--runtime-dir", str(tmp_path), "list"], capture_output=True, text=True,
                            stdin=subprocess.DEVNULL, timeout=20, check=False)
    assert answer.returncode != 0
    assert str(tmp_path) in answer.stderr


def test_output_to_a_closed_pipe(pair):
    for _ in range(3):
        with subprocess.Popen([str(BUILD / "svctl"), "--runtime-dir", str(pair.runtime), "list"],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL) as process:
            process.stdout.close()
            process.wait(20)
            assert process.returncode in (0, 1, -13)


# The socket itself


def test_the_socket_is_private(pair):
    mode = os.stat(pair.runtime / "control").st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) & 0o077 == 0


def test_another_user_is_refused(pair):
    if os.getuid() != 0:
        pytest.skip("needs root to become somebody else")
    answer = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", str(BUILD / "svctl"),
                             "--runtime-dir", str(pair.runtime), "stop", "up"],
                            capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=20, check=False)
    assert answer.returncode != 0
    assert pair.state("up")[0] == "active"


def test_a_second_svinit_on_the_same_runtime_directory_goes_away(pair):
    second = subprocess.run([str(BUILD / "svinit"), "--units", str(pair.units), "--runtime-dir", str(pair.runtime),
                             "--log-dir", "none"], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=20,
                            check=False)
    assert second.returncode != 0
    assert str(pair.runtime) in second.stdout + second.stderr
    assert pair.state("up")[0] == "active"
    pair.ctl("restart", "up", check=0)


def test_a_dead_svinits_socket_is_replaced(svinit):
    sv = svinit({"up": SLEEP})
    sv.until_active("up")
    sv.process.kill()
    sv.process.wait()
    sv.start()
    sv.until_active("up")


@pytest.mark.parametrize("garbage", [
    b"\0", b"hello\0", b"{}\0", b"[]\0", b"{\"method\":1}\0", b"{\"method\":\"org.svinit.Supervisor.Nothing\"}\0",
    b"{\"method\":\"org.svinit.Supervisor.Show\",\"parameters\":[]}\0",
    b"{\"method\":\"org.svinit.Supervisor.Show\",\"parameters\":{\"units\":[1,null,{}]}}\0",
    b"{\"method\":\"org.svinit.Supervisor.Start\",\"parameters\":{\"units\":\"up\"}}\0",
    b"{\"method\":\"org.svinit.Supervisor.Start\",\"parameters\":{\"units\":[\"../../etc/passwd\"]}}\0",
    b"{\"method\":\"org.svinit.Supervisor.Kill\",\"parameters\":{\"units\":[\"up.service\"],\"signal\":9999}}\0",
    b"{\"method\":\"org.svinit.Supervisor.Wait\",\"parameters\":{\"units\":[],\"condition\":\"never\"}}\0",
    b"\xff\xfe\xfd\0", b"[" * 100000 + b"\0", b"{" * 5000, b"x" * 1_100_000, os.urandom(4096) + b"\0",
], ids=lambda garbage: f"{len(garbage)} bytes: {garbage[:20]!r}")
def test_garbage_harms_nobody(pair, garbage):
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as client:
        client.settimeout(10)
        client.connect(str(pair.runtime / "control"))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            client.sendall(garbage)
            if garbage.endswith(b"\0"):
                client.recv(1 << 16)
    assert pair.state("up") == ("active", "running")
    pair.ctl("status", "up", check=0)


def test_half_messages_hold_nobody_up(pair):
    halves = [Control(pair.runtime / "control") for _ in range(20)]
    for client in halves:
        client.socket.sendall(b'{"method":"org.svinit.Supervisor.List"')
    assert pair.state("up") == ("active", "running")
    halves[0].socket.sendall(b"}\0")
    assert halves[0].receive()["units"]
    for client in halves:
        client.close()


def test_a_client_that_never_reads_holds_nobody_up(svinit):
    sv = svinit({f"s{i}": "[Unit]\nDescription=" + "x" * 200 + "\n" + SLEEP for i in range(100)})
    sv.until_active("s99")
    deaf = sv.control()
    deaf.socket.settimeout(0.5)
    with contextlib.suppress(OSError):
        for _ in range(2000):
            deaf.send("List")
    assert sv.state("s0") == ("active", "running")
    sv.ctl("restart", "s0", check=0)
    deaf.close()


def test_more_clients_than_there_is_room_for(pair):
    clients = []
    with contextlib.suppress(OSError):
        for _ in range(400):
            clients.append(Control(pair.runtime / "control"))
    for client in clients:
        client.close()
    until(lambda: pair.state("up"), "an answer")


def test_a_message_in_single_bytes(pair):
    client = pair.control()
    for byte in b'{"method":"org.svinit.Supervisor.SystemState"}\0':
        client.socket.sendall(bytes([byte]))
    assert client.receive()["pid"]
    client.close()


def test_many_messages_in_one_piece(pair):
    client = pair.control()
    client.socket.sendall(b'{"method":"org.svinit.Supervisor.SystemState"}\0' * 50)
    for _ in range(50):
        assert client.receive()["pid"]
    client.close()


def test_the_interface_describes_itself(pair):
    client = pair.control()
    info = client.call("org.varlink.service.GetInfo")
    assert {"org.varlink.service", "org.svinit.Supervisor"} <= set(info["interfaces"])
    description = client.call("org.varlink.service.GetInterfaceDescription",
                              interface="org.svinit.Supervisor")["description"]
    assert "method Start(" in description
    with pytest.raises(VarlinkError) as error:
        client.call("org.svinit.Supervisor.Unknown")
    assert error.value.name == "org.varlink.service.MethodNotFound"
    client.close()


def test_subscribe(pair):
    client = pair.control()
    client.send("Subscribe", more=True)
    pair.ctl("restart", "up", check=0)
    until(lambda: client.receive().get("unit") == full_name("up"), "an event of up.service")
    client.close()

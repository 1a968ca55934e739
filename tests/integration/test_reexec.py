"""svinit executes itself anew, and nothing that it watches over notices."""
import contextlib
import os
import pathlib
import shutil
import signal

import harness
from harness import BUILD, is_alive, until

COUNTER = """
[Service]
ExecStart=/bin/sh -c 'i=0; while :; do i=$((i+1)); echo line $i; sleep 0.01; done'
"""
SLEEP = "[Service]\nExecStart=/bin/sleep 1000\n"
KEPT = ("MainPID", "ActiveState", "SubState", "NRestarts", "InvocationID", "ActiveEnterTimestampMonotonic",
        "ExecMainStartTimestampMonotonic")


def numbers(sv, unit):
    return [int(line.rsplit(" ", 1)[1]) for line in sv.log_lines(unit) if " line " in line]


def test_processes_and_counters_are_kept(svinit, mode):
    sv = svinit({
        "a": SLEEP,
        "b": "[Service]\nType=forking\nPIDFile=@top@/b.pid\n"
             "ExecStart=/bin/sh -c 'sleep 1000 & echo $! > @top@/b.pid'\n",
        "c": "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh -c 'echo once >> @top@/c'\n",
        "d": SLEEP + "Restart=always\nRestartSec=0\n",
    }, **mode)
    for unit in "abcd":
        sv.until_active(unit)
    sv.until_restarted("d", sv.kill_main("d"))
    before = {unit: sv.show(unit) for unit in "abcd"}
    pid = sv.call("SystemState")["pid"]
    for _ in range(3):
        sv.ctl("daemon-reexec", check=0)
    assert sv.call("SystemState")["pid"] == pid
    for unit in "abcd":
        after = sv.show(unit)
        assert {key: after[key] for key in KEPT} == {key: before[unit][key] for key in KEPT}
    assert sv.lines("c") == ["once"]
    sv.until_restarted("d", sv.kill_main("d"))
    assert sv.show("d")["NRestarts"] == before["d"]["NRestarts"] + 1
    old = sv.outside(sv.main_pid("b"))
    sv.ctl("stop", "a", "b", check=0)
    assert not is_alive(old)
    assert sv.stop() == 0
    assert not (sv.runtime / "state").exists()


def test_keepers_are_kept(svinit):
    """Where there are no cgroups."""
    sv = svinit({"a": SLEEP + "Restart=always\nRestartSec=0\n",
                 "b": "[Service]\nExecStart=/bin/sh -c 'setsid sleep 900 & echo $! > @top@/b.pid; exec sleep 1000'\n"},
                options=("--no-cgroups",))
    until(lambda: sv.lines("b.pid"), "the second process of b")
    pid = sv.until_active("a")["MainPID"]
    for _ in range(3):
        sv.ctl("daemon-reexec", check=0)
    assert sv.main_pid("a") == pid
    sv.until_restarted("a", sv.kill_main("a"))
    sv.ctl("stop", "b", check=0)
    assert not is_alive(int(sv.lines("b.pid")[0]))
    assert sv.stop() == 0


def test_no_log_line_is_lost(svinit):
    sv = svinit({"a": COUNTER})
    sv.until_logged("a", " line 20")
    for _ in range(5):
        sv.ctl("daemon-reexec", check=0)
    last = numbers(sv, "a")[-1]
    until(lambda: numbers(sv, "a")[-1] > last + 20, "more lines")
    sv.ctl("stop", "a", check=0)
    found = numbers(sv, "a")
    assert found == list(range(1, len(found) + 1))


def test_a_restart_delay_goes_on(svinit):
    sv = svinit({"a": "[Service]\nExecStart=/bin/sh -c 'date +%%s.%%N >> @top@/times; exit 1'\nRestart=always\n"
                      "RestartSec=3\n"})
    sv.until_state("a", "activating")
    for _ in range(3):
        sv.ctl("daemon-reexec", check=0)
    until(lambda: len(sv.lines("times")) >= 2, "a restart")
    first, second = [float(line) for line in sv.lines("times")][:2]
    assert 2.9 <= second - first < 6
    assert sv.show("a")["NRestarts"] >= 1


def test_a_job_goes_on(svinit):
    sv = svinit({"a": "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo ran >> @top@/ran; "
                      "until test -e @top@/go; do sleep 0.05; done'\n"})
    sv.until_state("a", "activating")
    sv.until_line("ran", "ran")
    sv.ctl("daemon-reexec", check=0)
    assert sv.state("a") == ("activating", "start")
    sv.file("go").touch()
    sv.until_state("a", "inactive")
    assert sv.show("a")["Result"] == "success"
    assert sv.lines("ran") == ["ran"]


def kept_open(sv):
    links = []
    for name in os.listdir(f"/proc/{sv.pid}/fd"):
        with contextlib.suppress(FileNotFoundError):
            links.append(os.readlink(f"/proc/{sv.pid}/fd/{name}"))
    # The state file is open while it is written, which may be just now.
    return len([link for link in links if not link.startswith(("socket:", f"{sv.runtime}/state"))])


def test_descriptors_do_not_pile_up(svinit):
    sv = svinit({f"s{i}": SLEEP for i in range(5)})
    for i in range(5):
        sv.until_active(f"s{i}")
    sv.ctl("daemon-reexec", check=0)
    # Without sockets: some are clients', who come and go.
    before = kept_open(sv)
    for _ in range(5):
        sv.ctl("daemon-reexec", check=0)
    assert kept_open(sv) == before


class Upgradable(harness.Svinit):
    """Runs copies of svinit and svlog that a test may replace."""

    def command(self):
        directory = self.file("bin")
        if not directory.exists():
            directory.mkdir()
            for name in ("svinit", "svlog"):
                shutil.copy(BUILD / name, directory / name)
        command = super().command()
        command[command.index(str(BUILD / "svinit"))] = str(directory / "svinit")
        return command

    def install(self, text):
        """As install(1) does: the running file stays what it is."""
        new = self.file("bin") / "new"
        new.write_bytes(text)
        new.chmod(0o755)
        os.rename(new, self.file("bin") / "svinit")


def test_a_program_that_does_not_work_leaves_the_old_one_running(request):
    sv = Upgradable({"a": SLEEP})
    request.addfinalizer(sv.destroy)
    sv.start()
    sv.until_active("a")
    pid = sv.main_pid("a")
    for text in (b"not a program", b"#!/bin/sh\nexit 3\n", b"#!/nowhere/sh\n"):
        sv.install(text)
        result = sv.ctl("daemon-reexec", check=1)
        assert str(sv.file("bin") / "svinit") in result.stderr, result.stderr
        assert sv.main_pid("a") == pid
    sv.install((BUILD / "svinit").read_bytes())
    sv.ctl("daemon-reexec", check=0)
    assert os.readlink(f"/proc/{sv.pid}/exe") == str(sv.file("bin") / "svinit")
    assert sv.main_pid("a") == pid
    assert sv.stop() == 0


def test_by_signal(svinit, mode):
    sv = svinit({"a": SLEEP}, **mode)
    sv.until_active("a")
    pid = sv.main_pid("a")
    born = pathlib.Path(f"/proc/{sv.pid}/stat").read_text(encoding="utf-8").split()[21]
    sv.send_signal(signal.SIGRTMIN + 25)
    sv.until_said("took over")
    assert sv.main_pid("a") == pid
    assert pathlib.Path(f"/proc/{sv.pid}/stat").read_text(encoding="utf-8").split()[21] == born
    sv.kill_main("a")
    sv.until_state("a", "failed")


def test_the_environment_that_was_set_is_kept(svinit):
    sv = svinit({"shows": "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo \"$KEPT\" > @top@/kept'\n"})
    sv.ctl("set-environment", "KEPT=a b", check=0)
    sv.ctl("daemon-reexec", check=0)
    assert "KEPT=a b" in sv.call("Environment")["environment"]
    sv.ctl("start", "shows", check=0)
    assert sv.lines("kept") == ["a b"]

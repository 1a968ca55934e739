"""When a service counts as up: the types of services, and how their starts fail."""
import signal
import time

import pytest

from harness import until

SLEEP = "[Service]\nExecStart=/bin/sleep infinity\n"
NOTIFY = "[Service]\nType=notify\nExecStart=@programs@/notifying "


def test_notify_is_activating_until_ready(svinit, mode):
    sv = svinit({"n": NOTIFY + "send:STATUS=loading sleep:700 send:READY=1\\\\nSTATUS=serving pause\n"}, **mode)
    until(lambda: sv.show("n")["StatusText"] == "loading", "the status text")
    assert sv.state("n") == ("activating", "start")
    sv.until_active("n")
    assert sv.show("n")["StatusText"] == "serving"


def test_start_returns_when_the_service_is_ready(svinit):
    sv = svinit({"up": SLEEP, "n@.service": NOTIFY + "sleep:500 touch:@top@/ready send:READY=1 pause\n"})
    sv.ctl("start", "n@1", check=0)
    assert sv.file("ready").exists()
    assert sv.state("n@1") == ("active", "running")


def test_a_notify_service_that_ends_before_it_is_ready_has_failed(svinit):
    sv = svinit({"up": SLEEP, "n@.service": NOTIFY + "exit:0\n"})
    answer = sv.ctl("start", "n@1")
    assert answer.returncode == 1
    assert sv.show("n@1")["Result"] == "protocol"


def test_a_message_of_another_process_does_not_count(svinit):
    sv = svinit({"n": NOTIFY + "fork send:READY=1 touch:@top@/sent pause\nNotifyAccess=main\n",
                 "all": NOTIFY + "fork send:READY=1 pause\nNotifyAccess=all\n"})
    sv.until_active("all")
    until(sv.file("sent").exists, "the message to be sent")
    sv.call("SystemState")
    assert sv.state("n") == ("activating", "start")


def test_main_pid_by_notification(svinit):
    sv = svinit({"n": "[Service]\nType=notify\nNotifyAccess=all\nExecStart=/bin/sh -c '"
                      "sleep infinity & echo $! > @top@/pid; @programs@/notifying \"send:MAINPID=$!\\\\nREADY=1\" sleep:500; wait'\n"})
    sv.until_active("n")
    assert str(sv.main_pid("n")) == sv.lines("pid")[0]


def test_start_timeout(svinit):
    sv = svinit({"up": SLEEP, "n@.service": NOTIFY + "pause\nTimeoutStartSec=300ms\n"})
    before = time.monotonic()
    answer = sv.ctl("start", "n@1")
    assert answer.returncode == 1
    assert time.monotonic() - before > 0.25
    assert sv.show("n@1")["Result"] == "timeout"
    assert sv.show("n@1")["MainPID"] in (0, None)


def test_extend_timeout(svinit):
    sv = svinit({"n": NOTIFY + "sleep:200 send:EXTEND_TIMEOUT_USEC=5000000 sleep:800 send:READY=1 pause\n"
                               "TimeoutStartSec=500ms\n"})
    sv.until_active("n")


def test_forking_with_pid_file(svinit, mode):
    sv = svinit({"daemon": "[Service]\nType=forking\nPIDFile=@top@/daemon.pid\n"
                           "ExecStart=/bin/sh -c '(setsid sleep infinity & echo $! > @top@/daemon.pid)'\n"}, **mode)
    sv.until_active("daemon")
    assert str(sv.main_pid("daemon")) == sv.lines("daemon.pid")[0]
    sv.kill_main("daemon")
    sv.until_state("daemon", "failed")
    assert sv.show("daemon")["Result"] == "signal"


def test_forking_guesses_the_only_process(svinit):
    sv = svinit({"daemon": "[Service]\nType=forking\nExecStart=/bin/sh -c 'sleep infinity & echo $! > @top@/pid'\n"})
    sv.until_active("daemon")
    assert str(sv.main_pid("daemon")) == sv.lines("pid")[0]


HANDING_OVER = """trap 'sleep 1000 & echo $! > @top@/daemon.pid; exit 0' USR2
echo $$ > @top@/daemon.pid
sleep 1000 &
while :; do wait; done
"""


def test_a_main_process_may_hand_over_by_its_pid_file(svinit, mode):
    sv = svinit({"daemon": "[Service]\nType=forking\nPIDFile=@top@/daemon.pid\nRestart=always\n"
                           "ExecStart=/bin/sh -c '/bin/sh @top@/units/daemon.sh &'\n"}, start=False, **mode)
    sv.write("daemon.sh", HANDING_OVER)
    sv.start()
    sv.until_active("daemon")
    old = sv.kill_main("daemon", signal.SIGUSR2)
    new = until(lambda: sv.main_pid("daemon") not in (0, old) and sv.main_pid("daemon"), "the successor")
    assert new == int(sv.file("daemon.pid").read_text()) and sv.show("daemon")["NRestarts"] == 0
    sv.kill_main("daemon")
    sv.until_restarted("daemon", new)
    assert sv.show("daemon")["NRestarts"] == 1


@pytest.mark.parametrize("command", ["/bin/true", "-/bin/false", "-/nonexistent"])
def test_forking_that_leaves_neither_process_nor_pid_file_fails_at_once(svinit, command):
    sv = svinit({"up": SLEEP, "d@.service": "[Service]\nType=forking\nPIDFile=@top@/none.pid\nTimeoutStartSec=infinity\n"
                                            f"ExecStart={command}\n"})
    assert sv.ctl("start", "d@1").returncode == 1
    assert sv.show("d@1")["Result"] == "protocol"


def test_an_ignored_failure_is_told(svinit):
    sv = svinit({"o": "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=-/nonexistent\n"})
    sv.until_active("o")
    sv.until_logged("o", "/nonexistent")


@pytest.mark.parametrize("kind", ["simple", "exec", "oneshot", "notify", "forking"])
def test_a_missing_program_is_said_at_start(svinit, kind):
    sv = svinit({"up": SLEEP, "m@.service": f"[Service]\nType={kind}\nExecStart=/nonexistent/program\n"})
    answer = sv.ctl("start", "m@1")
    assert sv.state("m@1") == ("failed", "failed")
    if kind != "simple":
        assert answer.returncode == 1
        assert "/nonexistent/program" in answer.stderr
        assert "No such file" in answer.stderr
    assert sv.show("m@1")["ExecMainStatus" if kind != "forking" else "Result"] in (203, "exit-code")


def test_idle_starts_behind_the_other_jobs(svinit):
    sv = svinit({"slow": "[Service]\nType=oneshot\nRemainAfterExit=yes\n"
                         "ExecStart=/bin/sh -c 'sleep 0.5; echo slow >> @top@/order'\n",
                 "idle": "[Service]\nType=idle\nExecStart=/bin/sh -c 'echo idle >> @top@/order; exec sleep infinity'\n"})
    until(lambda: len(sv.lines("order")) == 2, "both to have written")
    assert sv.lines("order") == ["slow", "idle"]


def test_an_idle_service_waits_five_seconds_at_most(svinit):
    sv = svinit({"endless": "[Service]\nType=oneshot\nExecStart=/bin/sleep infinity\n",
                 "idle": "[Service]\nType=idle\nExecStart=/bin/sleep infinity\n"})
    sv.until_state("idle", "activating")
    assert "idle wait" in sv.ctl("why", "idle", check=0).stdout
    sv.until_active("idle")
    times = sv.show("idle")
    waited = times["ActiveEnterTimestampMonotonic"] - times["InactiveExitTimestampMonotonic"]
    assert 5_000_000 <= waited < 7_000_000


def test_runtime_max(svinit):
    sv = svinit({"short": "[Service]\nRuntimeMaxSec=300ms\nExecStart=/bin/sleep infinity\n"})
    sv.until_state("short", "failed")
    assert sv.show("short")["Result"] == "timeout"


def test_watchdog(svinit):
    sv = svinit({"fed": NOTIFY + "send:READY=1 " + "sleep:100 send:WATCHDOG=1 " * 8 + "touch:@top@/hungry pause\n"
                                 "WatchdogSec=500ms\n"})
    sv.until_active("fed")
    until(sv.file("hungry").exists, "the last ping")
    assert sv.state("fed")[0] == "active"
    sv.until_state("fed", "failed")
    assert sv.show("fed")["Result"] == "watchdog"


def test_reload_runs_its_command_and_waits(svinit):
    sv = svinit({"r": "[Service]\nExecStart=/bin/sleep infinity\n"
                      "ExecReload=/bin/sh -c 'sleep 0.3; echo $MAINPID > @top@/reloaded'\n"})
    pid = sv.until_active("r")["MainPID"]
    sv.ctl("reload", "r", check=0)
    assert sv.lines("reloaded") == [str(pid)]
    assert sv.main_pid("r") == pid


def test_reload_of_a_unit_that_cannot(svinit):
    sv = svinit({"up": SLEEP})
    sv.until_active("up")
    answer = sv.ctl("reload", "up")
    assert answer.returncode == 1
    assert "up.service" in answer.stderr

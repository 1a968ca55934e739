"""What comes back after its end, how fast, and how often."""
import signal
import time

import pytest

from harness import until

SLEEP = "[Service]\nExecStart=/bin/sleep infinity\n"


def test_comes_back_after_kill(svinit, mode):
    sv = svinit({"s": SLEEP + "Restart=always\nRestartSec=0\n"}, **mode)
    sv.until_active("s")
    old = sv.kill_main("s")
    new = sv.until_restarted("s", old)
    assert new != old
    assert sv.show("s")["NRestarts"] == 1


def test_comes_back_after_what_it_left_was_killed(svinit):
    sv = svinit({"s": "[Service]\nKillMode=mixed\nRestart=always\nRestartSec=0\n"
                      "ExecStart=/bin/sh -c 'sleep infinity & exec sleep infinity'\n"
                      "ExecStopPost=/bin/sh -c 'echo stopped >> @top@/stopped'\n"})
    sv.until_active("s")
    for _ in range(3):
        old = sv.kill_main("s")
        sv.until_restarted("s", old)
    assert sv.show("s")["NRestarts"] == 3
    assert sv.lines("stopped") == ["stopped"] * 3


def test_many_kills_in_a_row(svinit):
    sv = svinit({"s": "[Unit]\nStartLimitIntervalSec=0\n" + SLEEP + "Restart=always\nRestartSec=0\n"})
    sv.until_active("s")
    pid = sv.main_pid("s")
    for _ in range(50):
        sv.kill_main("s")
        pid = sv.until_restarted("s", pid)
    assert sv.show("s")["NRestarts"] == 50


@pytest.mark.parametrize("policy,end,comes_back", [
    ("no", "exit 1", False), ("always", "exit 0", True), ("on-success", "exit 0", True), ("on-success", "exit 1", False),
    ("on-failure", "exit 1", True), ("on-failure", "exit 0", False), ("on-failure", "kill -KILL $$$$", True),
    ("on-abnormal", "kill -KILL $$$$", True), ("on-abnormal", "exit 1", False), ("on-abort", "kill -SEGV $$$$", True),
    ("on-abort", "exit 1", False), ("on-watchdog", "exit 1", False), ("on-failure", "kill -TERM $$$$", False),
])
def test_restart_policies(svinit, policy, end, comes_back):
    sv = svinit({"s": f"[Service]\nLimitCORE=0\nRestart={policy}\nRestartSec=50ms\nExecStart=/bin/sh -c '"
                      f"echo run >> @top@/runs; [ $(wc -l < @top@/runs) -gt 1 ] && exec sleep infinity; {end}'\n"})
    if comes_back:
        until(lambda: len(sv.lines("runs")) == 2, "the second run")
        sv.until_active("s")
    else:
        until(lambda: sv.lines("runs"), "the first run")
        until(lambda: sv.state("s")[0] in ("inactive", "failed"), "the end")
        time.sleep(0.3)  # six times RestartSec=: there is no event for a restart that does not come
        assert len(sv.lines("runs")) == 1


def test_crash_loop_meets_the_start_limit(svinit):
    sv = svinit({"loop": "[Unit]\nStartLimitIntervalSec=30\nStartLimitBurst=4\n[Service]\nRestart=always\nRestartSec=0\n"
                         "ExecStart=/bin/sh -c 'echo run >> @top@/runs; exit 5'\n"})
    sv.until_state("loop", "failed")
    assert "start limit hit" in sv.ctl("status", "loop", check=3).stdout
    assert len(sv.lines("runs")) == 4
    refused = sv.ctl("start", "loop")
    assert refused.returncode == 1
    assert "reset-failed" in refused.stderr
    sv.ctl("reset-failed", "loop", check=0)
    sv.ctl("start", "loop")
    until(lambda: len(sv.lines("runs")) > 4, "another run")


def test_back_off_grows(svinit):
    sv = svinit({"loop": "[Unit]\nStartLimitIntervalSec=0\n[Service]\nRestart=always\nRestartSec=50ms\nRestartSteps=3\n"
                         "RestartMaxDelaySec=800ms\nExecStart=/bin/sh -c 'date +%%s%%N >> @top@/runs; exit 1'\n"})
    until(lambda: len(sv.lines("runs")) >= 6, "six runs")
    times = [int(line) / 1e9 for line in sv.lines("runs")[:6]]
    gaps = [after - before for before, after in zip(times, times[1:])]
    assert 0.04 < gaps[0] < 0.5
    assert gaps[3] > 0.75 and gaps[4] > 0.75, gaps
    assert gaps[0] < gaps[1] < gaps[2] < gaps[3] + 0.1, gaps


def test_restart_prevent_and_force(svinit):
    sv = svinit({
        "prevented": "[Service]\nRestart=always\nRestartSec=0\nRestartPreventExitStatus=7 SIGUSR1\n"
                     "ExecStart=/bin/sh -c 'echo run >> @top@/prevented; exit 7'\n",
        "forced": "[Service]\nRestart=no\nRestartSec=0\nRestartForceExitStatus=9\nExecStart=/bin/sh -c '"
                  "echo run >> @top@/forced; [ $(wc -l < @top@/forced) -gt 1 ] && exec sleep infinity; exit 9'\n",
        "clean": "[Service]\nSuccessExitStatus=42 SIGUSR2\nExecStart=/bin/sh -c 'exit 42'\n",
    })
    until(lambda: len(sv.lines("forced")) == 2, "the forced restart")
    sv.until_state("prevented", "failed")
    assert sv.lines("prevented") == ["run"]
    sv.until_state("clean", "inactive")
    assert sv.show("clean")["Result"] == "success"


def test_a_stop_by_request_is_not_undone(svinit):
    sv = svinit({"s": SLEEP + "Restart=always\nRestartSec=0\n"})
    sv.until_active("s")
    sv.ctl("stop", "s", check=0)
    assert sv.state("s") == ("inactive", "dead")
    time.sleep(0.2)
    assert sv.state("s") == ("inactive", "dead")


def test_stop_while_it_waits_for_its_restart(svinit):
    sv = svinit({"s": "[Service]\nExecStart=/bin/false\nRestart=always\nRestartSec=1h\n"})
    until(lambda: sv.state("s")[1] == "auto-restart", "the wait")
    assert sv.state("s") == ("activating", "auto-restart")
    sv.ctl("stop", "s", check=0)
    assert sv.state("s")[0] in ("inactive", "failed")


def test_restart_verb(svinit):
    sv = svinit({"s": SLEEP})
    old = sv.until_active("s")["MainPID"]
    sv.ctl("restart", "s", check=0)
    assert sv.main_pid("s") not in (0, None, old)
    sv.ctl("stop", "s", check=0)
    sv.ctl("try-restart", "s", check=0)
    assert sv.state("s")[0] == "inactive"
    sv.ctl("restart", "s", check=0)
    assert sv.state("s")[0] == "active"


def test_each_way_to_end_is_told_apart(svinit):
    sv = svinit({
        "success": "[Service]\nExecStart=/bin/true\n",
        "status": "[Service]\nExecStart=/bin/sh -c 'exit 3'\n",
        "fault": "[Service]\nLimitCORE=0\nExecStart=/bin/sh -c 'kill -SEGV $$$$'\n",
        "killed": SLEEP,
    })
    sv.until_active("killed")
    sv.kill_main("killed")
    expected = {"success": ("inactive", "success", 1, 0), "status": ("failed", "exit-code", 1, 3),
                "fault": ("failed", "signal", 2, int(signal.SIGSEGV)), "killed": ("failed", "signal", 2, 9)}
    for unit, (state, result, code, status) in expected.items():
        properties = sv.until_state(unit, state)
        assert properties["Result"] == result, unit
        assert (properties["ExecMainCode"], properties["ExecMainStatus"]) == (code, status), unit
    assert "status=3" in sv.ctl("status", "status").stdout
    assert "SEGV" in sv.ctl("status", "fault").stdout
    assert "KILL" in sv.ctl("status", "killed").stdout


def test_failure_action_ends_svinit_with_its_status(svinit):
    sv = svinit({"bad": "[Unit]\nFailureAction=exit\nFailureActionExitStatus=33\n"
                        "[Service]\nExecStart=/bin/sh -c 'sleep 0.3; exit 1'\n", "other": SLEEP}, start=False)
    sv.launch()
    assert sv.process.wait(20) == 33

"""However many processes end, however they end, and however late svinit comes to see it."""
import os
import signal

from harness import is_alive, until

# Of those that are sent by name: not the two that the C library keeps for itself, nor those that stop or do nothing.
HARMLESS = {signal.SIGCHLD, signal.SIGCONT, signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU,
            signal.SIGURG, signal.SIGWINCH}
SIGNALS = [number for number in range(1, 65) if number not in HARMLESS and number not in (32, 33)]


def shown(sv, names):
    return {unit["Id"]: unit for unit in sv.call("Show", units=names)["units"]}


def test_two_hundred_exits_while_svinit_is_stopped(svinit):
    """Their SIGCHLDs are one when svinit goes on."""
    names = [f"s{i}.service" for i in range(200)]
    sv = svinit({name: "[Service]\nExecStart=/bin/sleep 1000\n" for name in names})
    until(lambda: all(unit["MainPID"] for unit in shown(sv, names).values()), "all to run", 60)
    pids = [unit["MainPID"] for unit in shown(sv, names).values()]
    sv.send_signal(signal.SIGSTOP)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    until(lambda: not any(is_alive(pid) for pid in pids), "their ends")
    sv.send_signal(signal.SIGCONT)
    until(lambda: all(unit["ActiveState"] == "failed" for unit in shown(sv, names).values()), "all to be failed", 60)
    assert {unit["ExecMainStatus"] for unit in shown(sv, names).values()} == {signal.SIGKILL}
    assert sv.stop() == 0


def test_every_exit_status(svinit):
    sv = svinit({"e@": "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'exit %i'\n"})
    names = [f"e@{status}.service" for status in range(256)]
    sv.call("Start", units=names)
    units = shown(sv, names)
    for status, name in enumerate(names):
        assert units[name]["ExecMainStatus"] == status, name
        assert units[name]["Result"] == ("success" if status == 0 else "exit-code"), name


def test_every_signal(svinit):
    sv = svinit({"k@": "[Service]\nType=oneshot\nLimitCORE=0\nIgnoreSIGPIPE=no\nExecStart=/bin/sh -c 'kill -%i $$$$'\n"})
    names = [f"k@{number}.service" for number in SIGNALS]
    sv.call("Start", units=names)
    units = shown(sv, names)
    for number, name in zip(SIGNALS, names):
        assert units[name]["ExecMainStatus"] == number, name
        assert units[name]["ActiveState"] == "failed", name


def test_with_few_descriptors(svinit):
    """What cannot be had fails, and svinit goes on: 64 descriptors are fewer than 60 services take."""
    names = [f"s{i}.service" for i in range(60)]
    sv = svinit({name: "[Service]\nExecStart=/bin/sleep 1000\n" for name in names}, start=False)
    sv.units.rename(sv.top / "later")
    sv.units.mkdir()
    limited = sv.command
    sv.command = lambda: ["prlimit", "--nofile=64:64", *limited()]
    sv.start()
    for path in (sv.top / "later").iterdir():
        path.rename(sv.units / path.name)
    for name in names:
        sv.ctl("start", name, seconds=60)
    states = {unit["ActiveState"] for unit in shown(sv, names).values()}
    assert "active" in states and states <= {"active", "failed"}
    for name in names:
        sv.ctl("stop", name, seconds=60)
    sv.ctl("start", names[0], check=0)
    assert sv.state(names[0])[0] == "active"
    assert sv.stop() == 0

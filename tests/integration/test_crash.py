"""svinit crashes, and its services do not notice."""
import os
import signal
import time

import pytest

from harness import BUILD, is_alive, until

COUNTER = """
[Service]
ExecStart=/bin/sh -c 'i=0; while :; do i=$((i+1)); echo line $i; sleep 0.01; done'
"""
SLEEP = "[Service]\nExecStart=/bin/sleep 1000\n"

pytestmark = pytest.mark.skipif("sanitize" in BUILD.name, reason="the sanitizer has handlers of its own")


def numbers(sv, unit):
    return [int(line.rsplit(" ", 1)[1]) for line in sv.log_lines(unit) if " line " in line]


def crash(sv, number=signal.SIGSEGV):
    count = sv.said().count("crashed (")
    begin = time.monotonic()
    sv.send_signal(number)
    until(lambda: sv.said().count("crashed (") > count, "svinit to be back")
    until(sv.answers, "the control socket")
    return time.monotonic() - begin


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGABRT])
def test_services_are_left_untouched(svinit, mode, number):
    sv = svinit({"a": SLEEP, "b": SLEEP + "Restart=always\nRestartSec=0\n"}, **mode)
    before = {unit: sv.until_active(unit)["MainPID"] for unit in "ab"}
    assert crash(sv, number) < 5
    assert {unit: sv.main_pid(unit) for unit in "ab"} == before
    assert sv.call("SystemState")["crashes"] == 1
    assert "crashed 1 times" in sv.ctl("status").stdout
    old = sv.kill_main("b")
    sv.until_restarted("b", old)
    assert sv.stop() == 0


def test_no_log_line_is_lost(svinit):
    sv = svinit({"a": COUNTER})
    sv.until_logged("a", " line 20")
    crash(sv)
    last = numbers(sv, "a")[-1]
    until(lambda: numbers(sv, "a")[-1] > last + 20, "more lines")
    sv.ctl("stop", "a", check=0)
    found = numbers(sv, "a")
    assert found == list(range(1, len(found) + 1))


def test_a_second_crash_is_an_emergency(svinit, mode):
    sv = svinit({"a": SLEEP}, **mode)
    pid = sv.until_active("a")["MainPID"]
    crash(sv)
    sv.send_signal(signal.SIGSEGV)
    sv.until_said("crashed twice")
    until(lambda: "crashed twice" in sv.ctl("status", "a").stderr, "the control socket to say so")
    assert is_alive(sv.outside(pid))
    sv.ctl("daemon-reexec")
    until(lambda: sv.ctl("is-active", "a").returncode == 0, "svinit to go on")
    assert sv.main_pid("a") == pid
    assert sv.stop() == 0


def test_descriptors_do_not_pile_up(svinit):
    sv = svinit({f"s{i}": SLEEP for i in range(3)})
    for i in range(3):
        sv.until_active(f"s{i}")
    before = len(os.listdir(f"/proc/{sv.pid}/fd"))
    crash(sv)
    until(lambda: len(os.listdir(f"/proc/{sv.pid}/fd")) <= before + 1, "the same number of descriptors")

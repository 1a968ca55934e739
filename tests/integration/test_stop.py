"""How units stop: in which order, with what signals, and that nothing of them is left."""
import os
import signal
import time

import pytest

from harness import descendants_of, is_alive, until

SLEEP = "[Service]\nExecStart=/bin/sleep infinity\n"


def noting_stop(name, after=""):
    return (f"[Unit]\n{after}\n[Service]\nExecStart=/bin/sleep infinity\n"
            f"ExecStop=/bin/sh -c 'echo begin {name} >> @top@/order; sleep 0.1; echo end {name} >> @top@/order'\n")


def test_the_end_is_the_start_backwards(svinit, mode):
    sv = svinit({
        "first": noting_stop("first"),
        "second": noting_stop("second", "After=first.service"),
        "third": noting_stop("third", "After=second.service"),
    }, **mode)
    for unit in ("first", "second", "third"):
        sv.until_active(unit)
    assert sv.stop() == 0
    assert sv.lines("order") == ["begin third", "end third", "begin second", "end second", "begin first", "end first"]


def test_nothing_is_left_after_the_end(svinit):
    sv = svinit({"s": SLEEP, "e": "[Service]\nExecStart=@programs@/escapee @top@/pid\nTimeoutStopSec=500ms\n"})
    sv.until_active("s")
    until(lambda: sv.lines("pid"), "the escapee")
    below = descendants_of(sv.pid)
    assert sv.stop() == 0
    assert [pid for pid in below if is_alive(pid)] == []
    assert not descendants_of(os.getpid())


def test_who_escapes_is_stopped_all_the_same(svinit, mode):
    sv = svinit({"e": "[Service]\nExecStart=@programs@/escapee @top@/pid\nTimeoutStopSec=1s\n"}, **mode)
    sv.until_active("e")
    until(lambda: sv.lines("pid"), "the escapee")
    escaped = sv.outside(int(sv.lines("pid")[0]))
    assert is_alive(escaped)
    sv.ctl("stop", "e", check=0)
    assert not is_alive(escaped)


def test_a_process_that_ignores_sigterm_is_killed_at_the_timeout(svinit):
    sv = svinit({"stubborn": "[Service]\nTimeoutStopSec=500ms\n"
                             "ExecStart=/bin/sh -c 'trap \"\" TERM; touch @top@/up; while :; do sleep 1000; done'\n"})
    until(sv.file("up").exists, "the trap")
    before = time.monotonic()
    sv.ctl("stop", "stubborn", check=0)
    assert 0.4 < time.monotonic() - before < 10
    properties = sv.show("stubborn")
    assert (properties["ActiveState"], properties["Result"]) == ("failed", "timeout")


def test_grace_time_is_a_maximum(svinit):
    sv = svinit({"quick": "[Service]\nTimeoutStopSec=60\n"
                          "ExecStart=/bin/sh -c 'trap \"exit 0\" TERM; while :; do sleep 0.05; done'\n"})
    sv.until_active("quick")
    before = time.monotonic()
    sv.ctl("stop", "quick", check=0)
    assert time.monotonic() - before < 10


def test_kill_signal(svinit):
    sv = svinit({"s": "[Service]\nKillSignal=SIGUSR1\nExecStart=/bin/sh -c '"
                      "trap \"echo usr1 > @top@/got; exit 0\" USR1; touch @top@/up; while :; do sleep 0.05; done'\n"})
    until(sv.file("up").exists, "the trap")
    sv.ctl("stop", "s", check=0)
    assert sv.lines("got") == ["usr1"]


def test_kill_mode_process_leaves_the_others(svinit):
    sv = svinit({"s": "[Service]\nKillMode=process\n"
                      "ExecStart=/bin/sh -c 'sleep infinity & echo $! > @top@/other; wait'\n"})
    until(lambda: sv.lines("other"), "the other process")
    other = int(sv.lines("other")[0])
    sv.ctl("stop", "s", check=0)
    assert is_alive(other)
    os.kill(other, signal.SIGKILL)


def test_kill_mode_mixed(svinit):
    sv = svinit({"s": "[Service]\nKillMode=mixed\nTimeoutStopSec=30\nExecStart=/bin/sh -c '"
                      "(trap \"echo term > @top@/child-got\" TERM; touch @top@/up; while :; do sleep 0.05; done) & "
                      "trap \"exit 0\" TERM; while :; do sleep 0.05; done'\n"})
    until(sv.file("up").exists, "the child")
    sv.ctl("stop", "s", check=0)
    assert not sv.file("child-got").exists()


def test_binds_to(svinit):
    sv = svinit({"main": SLEEP, "helper": "[Unit]\nBindsTo=main.service\nAfter=main.service\n" + SLEEP})
    sv.until_active("helper")
    helper = sv.main_pid("helper")
    sv.kill_main("main")
    sv.until_state("helper", "inactive")
    assert not is_alive(helper)


def test_part_of(svinit):
    sv = svinit({"main": SLEEP, "helper": "[Unit]\nPartOf=main.service\nAfter=main.service\n" + SLEEP})
    sv.until_active("helper")
    sv.until_active("main")
    old = sv.main_pid("helper")
    sv.ctl("restart", "main", check=0)
    sv.until_restarted("helper", old)
    sv.ctl("stop", "main", check=0)
    sv.until_state("helper", "inactive")


def test_stopping_a_requirement_stops_who_requires_it_first(svinit):
    sv = svinit({"base": noting_stop("base"),
                 "user": noting_stop("user", "Requires=base.service\nAfter=base.service")})
    sv.until_active("user")
    sv.ctl("stop", "base", check=0)
    assert sv.state("user")[0] == "inactive"
    assert sv.lines("order") == ["begin user", "end user", "begin base", "end base"]


def test_stop_post_knows_how_it_went(svinit):
    sv = svinit({"s": "[Service]\nExecStart=/bin/sh -c 'exit 4'\n"
                      "ExecStopPost=/bin/sh -c 'echo $SERVICE_RESULT $EXIT_CODE $EXIT_STATUS > @top@/how'\n"})
    sv.until_line("how", "exit-code exited 4")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_term_and_int_end_in_order_with_status_0(svinit, number):
    sv = svinit({"s": SLEEP})
    sv.until_active("s")
    sv.send_signal(number)
    assert sv.process.wait(20) == 0


def test_a_second_term_hurries(svinit):
    sv = svinit({"stubborn": "[Service]\nTimeoutStopSec=300\n"
                             "ExecStart=/bin/sh -c 'trap \"\" TERM; touch @top@/up; while :; do sleep 1000; done'\n"})
    until(sv.file("up").exists, "the trap")
    sv.send_signal(signal.SIGTERM)
    until(lambda: sv.state("stubborn")[0] == "deactivating", "the stop to begin")
    sv.send_signal(signal.SIGTERM)
    assert sv.process.wait(20) == 0


def test_exit_verb(svinit):
    sv = svinit({"s": SLEEP})
    sv.until_active("s")
    sv.ctl("exit", "17")
    assert sv.process.wait(20) == 17

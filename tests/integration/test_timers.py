"""Timers start what they trigger, when systemd.timer(5) says so."""
import os
import time

import pytest

from harness import may_make_pid_namespaces, until

NOTE = "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo $TRIGGER_UNIT $TRIGGER_TIMER_REALTIME_USEC >> @top@/noted'\n"


def timer(*lines):
    return "[Timer]\nAccuracySec=1us\n" + "\n".join(lines) + "\n"


def noted(sv, count):
    return until(lambda: (lines := sv.lines("noted")) and len(lines) >= count and lines, f"{count} elapses")


def test_monotonic_moments_repeat(svinit):
    sv = svinit({"note": NOTE, "note.timer": timer("OnActiveSec=50ms", "OnUnitActiveSec=50ms")})
    lines = noted(sv, 3)
    assert all(line.startswith("note.timer ") for line in lines)
    moments = [int(line.split()[1]) for line in lines]
    assert all(later - earlier >= 50000 for earlier, later in zip(moments, moments[1:]))
    assert sv.show("note.timer")["LastTriggerUSec"] >= moments[2]


def test_calendar_events_elapse_at_whole_seconds(svinit):
    sv = svinit({"note": NOTE, "note.timer": timer("OnCalendar=*:*:*")})
    moments = [int(line.split()[1]) for line in noted(sv, 2)]
    assert sv.show("note.timer")["TimersCalendar"] == [{"OnCalendar": "*-*-* *:*:*"}]
    # Not before the second; how long after it is the machine's affair.
    assert moments[1] // 1000000 > moments[0] // 1000000


def test_the_service_does_not_run_at_load(svinit):
    sv = svinit({"note": NOTE, "note.timer": timer("OnCalendar=2199-01-01"), "other": "[Service]\nExecStart=/bin/sleep 99\n"})
    sv.until_active("note.timer")
    sv.until_active("other")
    assert sv.state("note.timer") == ("active", "waiting")
    assert sv.state("note") == ("inactive", "dead")
    assert sv.show("note.timer")["NextElapseUSecRealtime"] == 7226582400000000
    assert not sv.lines("noted")


def test_a_slow_service_is_not_overlapped(svinit):
    slow = "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo begin >> @top@/noted; while [ ! -e @top@/go ]; do sleep 0.01; done'\n"
    sv = svinit({"slow": slow, "slow.timer": timer("OnActiveSec=1ms", "OnUnitActiveSec=1ms")})
    noted(sv, 1)
    assert sv.state("slow.timer") == ("active", "running")
    sv.ctl("start", "--no-block", "slow", check=0)
    assert sv.lines("noted") == ["begin"]
    sv.file("go").touch()
    noted(sv, 3)


def test_a_stopped_timer_elapses_no_more(svinit):
    sv = svinit({"note": NOTE, "note.timer": timer("OnActiveSec=20ms", "OnUnitActiveSec=20ms")})
    noted(sv, 1)
    sv.ctl("stop", "note.timer", check=0)
    sv.until_state("note", "inactive")
    before = len(sv.lines("noted"))
    assert sv.show("note.timer")["NextElapseUSecRealtime"] is None
    sv.ctl("start", "note.timer", check=0)
    noted(sv, before + 1)


def test_a_reload_counts_anew(svinit):
    sv = svinit({"note": NOTE, "note.timer": timer("OnCalendar=2199-01-01")})
    sv.until_active("note.timer")
    sv.write("note.timer", timer("OnCalendar=*:*:*"))
    sv.ctl("daemon-reload", check=0)
    noted(sv, 1)


def test_a_timer_of_nothing_says_so(svinit):
    sv = svinit({"none.timer": timer("OnCalendar=25:00"), "lost.timer": timer("OnActiveSec=1s")})
    sv.until_said("none.timer:3: OnCalendar=\"25:00\" is no calendar event: no such hour at column 1")
    answer = sv.ctl("start", "none.timer")
    assert answer.returncode != 0 and "no OnCalendar=" in answer.stderr
    answer = sv.ctl("start", "lost.timer")
    assert answer.returncode != 0 and "lost.service" in answer.stderr


NAMESPACES = pytest.mark.skipif(os.geteuid() != 0 or bool(may_make_pid_namespaces()), reason="needs namespaces")
STAMP = "/var/lib/systemd/timers/stamp-note.timer"


@NAMESPACES
def test_what_was_missed_is_made_up_for(svinit):
    """Persistent=: the stamp says that it last ran long ago."""
    prepare = f"mount -t tmpfs none /var/lib/systemd; mkdir /var/lib/systemd/timers; touch -d '2 days ago' {STAMP}"
    sv = svinit({"note": NOTE, "note.timer": timer("OnCalendar=daily", "Persistent=yes")}, pid1=True, prepare=prepare)
    noted(sv, 1)
    stamp = f"/proc/{sv.pid}/root{STAMP}"
    until(lambda: time.time() - os.stat(stamp).st_mtime < 3600, "the stamp's new time")
    sv.until_state("note.timer", "active")
    assert sv.state("note.timer") == ("active", "waiting")


@NAMESPACES
def test_nothing_was_missed_before_the_first_time(svinit):
    prepare = "mount -t tmpfs none /var/lib/systemd"
    sv = svinit({"note": NOTE, "note.timer": timer("OnCalendar=daily", "Persistent=yes")}, pid1=True, prepare=prepare)
    sv.until_active("note.timer")
    until(lambda: os.path.exists(f"/proc/{sv.pid}/root{STAMP}"), "the stamp")
    assert not sv.lines("noted")


@NAMESPACES
def test_the_time_zone_changes(svinit):
    sv = svinit({"note": NOTE, "note.timer": timer("OnTimezoneChange=yes")}, pid1=True, start=False)
    sv.prepare = f"mkdir {sv.top}/etc; cp -a /etc/. {sv.top}/etc; mount --bind {sv.top}/etc /etc"
    sv.start()
    sv.until_active("note.timer")
    assert not sv.lines("noted")
    etc = sv.file("etc")
    (etc / "localtime.new").symlink_to("/usr/share/zoneinfo/Asia/Kathmandu")
    os.rename(etc / "localtime.new", etc / "localtime")
    noted(sv, 1)

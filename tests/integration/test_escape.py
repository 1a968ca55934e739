"""
Nothing of a unit outlives it, whatever it did to get away: with cgroups and without, as root and as an ordinary user.

ESCAPE_ROUNDS (3): how often each kind tries; `make escape ROUNDS=200`.
"""
import contextlib
import itertools
import os
import pathlib
import shutil
import signal

import pytest

from harness import (PROGRAMS, cgroup_mount, children_of, descendants_of, is_alive, process_fields, until)

ROUNDS = int(os.environ.get("ESCAPE_ROUNDS", "3"))
NOBODY = 65534
KINDS = ["double-fork", "new-session", "clean-environment", "changed-user", "blocked-signals", "ignored-signals",
         "stopped", "traced", "fork-bomb", "hoppers", "vfork-child", "new-group", "daemon", "renamed", "leader-gone",
         "pid-namespace", "user-namespace", "clone-parent", "silent-end", "own-subreaper", "child-of-thread"]
UNIT = """
[Unit]
StartLimitIntervalSec=0
[Service]
Type=notify
NotifyAccess=all
TimeoutStopSec=30ms
ExecStart=@programs@/escape_artist %i
"""
numbers = itertools.count()


def command_of(pid):
    with contextlib.suppress(OSError):
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].decode()
    return ""


def incarnation(pid):
    """What tells a process from another that gets its pid later."""
    with contextlib.suppress(OSError):
        return pid, pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").split()[-31]
    return None


def lives(process):
    return incarnation(process[0]) == process and runs(process[0])


def runs(pid):
    """Not a zombie, nor on its way there: the kernel marks it (PF_EXITING) before it lets go of its memory and cgroup."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return False
    fields = text[text.rindex(")") + 2:].split()
    return fields[0] not in "ZX" and not int(fields[6]) & 4


def service_processes(sv):
    """All below svinit but its logger, its keepers and what is dead."""
    own = {pid for pid in children_of(sv.pid) if pathlib.Path(command_of(pid)).name in ("svlog", "svkeeper")
           and os.path.realpath(f"/proc/{pid}/exe").endswith(("/svlog", "/svkeeper"))}
    return [pid for pid in descendants_of(sv.pid) if pid not in own and runs(pid)]


@pytest.fixture(params=["cgroup", "keeper"])
def way(request):
    if request.param == "cgroup" and not cgroup_mount():
        pytest.skip("no writable cgroup v2 tree here")
    return request.param


@pytest.fixture(params=["root", "user"])
def supervisor(request, svinit, way):
    """svinit as one of the two, holding its units in one of the two ways."""
    keywords = {"options": ["--no-cgroups"] if way == "keeper" else []}
    if request.param == "user":
        keywords["user"] = NOBODY
        if way == "cgroup":
            keywords["cgroup"] = cgroup_mount() / f"svinit-test-{os.getpid()}-{next(numbers)}"
    sv = svinit({"escape@.service": UNIT}, **keywords)
    sv.way, sv.who = way, request.param
    return sv


def stop(sv, unit):
    answer = sv.call("Stop", units=[unit])
    assert answer["jobs"][0]["result"] == "done", answer
    return service_processes(sv)


def restart(sv, unit):
    before = [incarnation(pid) for pid in service_processes(sv)]
    sv.call("Restart", units=[unit])
    return [process for process in before if process and lives(process)] or stop(sv, unit)


def crash(sv, unit):
    os.kill(sv.main_pid(unit), signal.SIGKILL)
    until(lambda: sv.state(unit)[0] == "failed", "the unit to fail")
    return service_processes(sv)


def time_out(sv, unit):
    """RuntimeMaxSec= and the watchdog end it the way a failed stop does: SIGKILL at the end of the time."""
    sv.call("Kill", units=[unit], signal=signal.SIGSTOP, whom="main")
    return stop(sv, unit)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_escapes(supervisor, kind):
    unit = f"escape@{kind}.service"
    for number in range(ROUNDS):
        answer = supervisor.call("Start", units=[unit])
        if number == 0 and answer["jobs"][0]["result"] != "done":
            status = supervisor.show(unit)["ExecMainStatus"]
            if kind in ("changed-user", "pid-namespace", "user-namespace") and status == 77:
                pytest.skip(f"{supervisor.who} may not do this here")
        assert answer["jobs"][0]["result"] == "done", answer
        end = (stop, crash, restart, time_out)[number % 4]
        left = end(supervisor, unit)
        assert not left, f"round {number}: {end.__name__} left {[(pid, command_of(pid)) for pid in left]}"
        supervisor.call("ResetFailed", units=[unit])


def test_who_may_not_be_killed_is_named(svinit):
    """Without cgroups, an ordinary user's svinit has no power over a setuid program: it says so, and does not lie."""
    sv = svinit({"escape.service": UNIT.replace("%i", "privileged").replace("@programs@", "@top@")}, start=False,
                user=NOBODY, options=["--no-cgroups"])
    program = sv.file("escape_artist")
    shutil.copy(PROGRAMS / "escape_artist", program)
    program.chmod(0o4755)
    sv.start()
    if sv.ctl("start", "escape").returncode != 0:
        pytest.skip("set-user-ID programs have no effect here")
    [escaped] = [pid for pid in service_processes(sv) if pid != sv.main_pid("escape")]
    sv.ctl("stop", "escape")
    assert is_alive(escaped)
    properties = sv.show("escape")
    assert (properties["ActiveState"], properties["Result"]) == ("failed", "timeout")
    assert "SIGKILL" in properties["FailureText"]
    assert str(escaped) in sv.ctl("status", "escape").stdout
    os.kill(escaped, signal.SIGKILL)
    until(lambda: str(escaped) not in sv.ctl("status", "escape").stdout, "the unit to be empty")


def keeper_of(pid):
    parent = process_fields(pid)[1]
    assert os.path.realpath(f"/proc/{parent}/exe").endswith("/svkeeper")
    return parent


def test_a_keeper_may_be_killed(svinit, mode):
    """What was below it comes to svinit: the main process is still waited for, and the others are still the unit's."""
    sv = svinit({"escape@.service": UNIT, "other.service": "[Service]\nExecStart=/bin/sleep infinity\n"},
                options=["--no-cgroups"], **mode)
    sv.ctl("start", "escape@clean-environment", check=0)
    sv.until_active("other")
    others = sv.main_pid("other")
    main = sv.outside(sv.main_pid("escape@clean-environment"))
    [escaped] = [pid for pid in descendants_of(keeper_of(main)) if pid != main]
    os.kill(keeper_of(main), signal.SIGKILL)
    until(lambda: process_fields(escaped)[1] == sv.pid, "svinit to adopt the orphan")
    sv.until_said("keeper was killed")
    assert sv.state("escape@clean-environment") == ("active", "running")
    os.kill(main, signal.SIGUSR1)
    sv.until_state("escape@clean-environment", "failed")
    properties = sv.show("escape@clean-environment")
    assert (properties["ExecMainCode"], properties["ExecMainStatus"]) in ((2, signal.SIGUSR1),
                                                                          ("killed", signal.SIGUSR1))
    assert not is_alive(escaped)
    assert sv.main_pid("other") == others


def test_a_keeper_and_its_main_process_killed_at_once(svinit):
    sv = svinit({"s.service": "[Service]\nExecStart=/bin/sleep infinity\nRestart=always\nRestartSec=0\n"},
                options=["--no-cgroups"])
    sv.until_active("s")
    for _ in range(5):
        main = sv.main_pid("s")
        keeper = keeper_of(main)
        os.kill(keeper, signal.SIGSTOP)
        os.kill(main, signal.SIGKILL)
        os.kill(keeper, signal.SIGKILL)
        sv.until_restarted("s", main)
        sv.call("ResetFailed", units=["s.service"])


@pytest.mark.parametrize("status", [0, 7])
def test_a_daemon_below_a_keeper_ends_with_its_own_status(svinit, status):
    sv = svinit({"d.service": "[Service]\nType=forking\nExecStart=/bin/sh -c '(until [ -e @top@/end ]; do sleep 0.02; "
                              f"done; exit {status}) & exit 0'\n"}, options=["--no-cgroups"])
    sv.until_active("d")
    main = sv.main_pid("d")
    assert keeper_of(main) != sv.pid
    sv.file("end").touch()
    until(lambda: sv.state("d")[0] in ("inactive", "failed"), "the daemon to end")
    properties = sv.show("d")
    assert properties["ExecMainStatus"] == status
    assert properties["ExecMainPID"] == main


def test_a_unit_may_do_without_a_keeper(svinit):
    sv = svinit({"s.service": "[Service]\nExecStart=/bin/sleep infinity\n[X-Svinit]\nKeeper=no\n"},
                options=["--no-cgroups"])
    sv.until_active("s")
    assert process_fields(sv.main_pid("s"))[1] == sv.pid
    sv.ctl("stop", "s", check=0)
    assert not service_processes(sv)


LEFTOVER = """
[Service]
Type=notify
NotifyAccess=all
KillMode={kill_mode}
TimeoutStopSec=200ms
ExecStart=@programs@/escape_artist double-fork
"""


def test_what_is_left_on_purpose_is_shown_and_named_at_the_next_start(svinit, way):
    sv = svinit({"s.service": LEFTOVER.format(kill_mode="process")},
                options=["--no-cgroups"] if way == "keeper" else [])
    sv.ctl("start", "s", check=0)
    [left] = [pid for pid in service_processes(sv) if pid != sv.main_pid("s")]
    sv.ctl("stop", "s", check=0)
    assert is_alive(left)
    assert str(left) in sv.ctl("status", "s").stdout
    sv.ctl("start", "s", check=0)
    sv.until_said(f"left-over process {left} (escape_artist)")
    assert is_alive(left)
    assert sv.state("s") == ("active", "running")


@pytest.mark.parametrize("kill_mode", ["process", "none"])
def test_the_end_of_what_was_left_is_noticed(svinit, way, kill_mode):
    sv = svinit({"s.service": LEFTOVER.format(kill_mode=kill_mode)},
                options=["--no-cgroups"] if way == "keeper" else [])
    sv.ctl("start", "s", check=0)
    # Of its main process a unit is not quit by that.
    sv.ctl("stop", "s", check=1 if kill_mode == "none" else 0)
    assert sv.show("s")["TasksCurrent"] > 0
    for pid in service_processes(sv):
        os.kill(pid, signal.SIGKILL)
    until(lambda: not sv.show("s")["ControlGroup"] and not sv.show("s")["TasksCurrent"], "the unit to be let go of")


def test_a_start_is_refused_where_leftovers_must_not_be_killed(svinit, way):
    """systemd.kill(5), SendSIGKILL=: a database is not started beside its own remains."""
    text = LEFTOVER.format(kill_mode="control-group").replace("double-fork", "blocked-signals")
    sv = svinit({"s.service": text + "SendSIGKILL=no\n"}, options=["--no-cgroups"] if way == "keeper" else [])
    sv.ctl("start", "s", check=0)
    [left] = [pid for pid in service_processes(sv) if pid != sv.main_pid("s")]
    sv.ctl("stop", "s")
    assert is_alive(left)
    assert "SendSIGKILL=no" in sv.ctl("start", "s").stderr
    os.kill(left, signal.SIGKILL)
    until(lambda: not service_processes(sv), "the leftover to end")
    sv.ctl("start", "s", check=0)

"""svinit is killed; the next one on the same runtime directory goes on with what it finds."""
import os
import pathlib
import shutil
import signal
import tempfile

from harness import descendants_of, is_alive, until

COUNTER = """
[Service]
ExecStart=/bin/sh -c 'i=0; while :; do i=$((i+1)); echo line $i; sleep 0.01; done'
"""
SLEEP = "[Service]\nExecStart=/bin/sleep 1000\n"


def numbers(sv, unit):
    return [int(line.rsplit(" ", 1)[1]) for line in sv.log_lines(unit) if " line " in line]


def kill(sv):
    """svinit and nothing else; the test is a subreaper, so its orphans stay ours."""
    os.kill(sv.pid, signal.SIGKILL)
    sv.process.wait()


def again(sv):
    sv.start()
    sv.until_said("taking over")
    return sv


def test_services_run_on_and_are_adopted(svinit):
    sv = svinit({
        "a": SLEEP,
        "b": "[Service]\nType=forking\nPIDFile=@top@/b.pid\n"
             "ExecStart=/bin/sh -c 'sleep 1000 & echo $! > @top@/b.pid'\n",
        "c": "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh -c 'echo once >> @top@/c'\n",
        "d": SLEEP + "Restart=always\nRestartSec=0\n",
    })
    for unit in "abcd":
        sv.until_active(unit)
    sv.until_restarted("d", sv.kill_main("d"))
    before = {unit: sv.show(unit) for unit in "abcd"}
    for _ in range(2):
        kill(sv)
        assert is_alive(before["a"]["MainPID"])
        again(sv)
        for unit in "abcd":
            after = sv.show(unit)
            for key in ("MainPID", "ActiveState", "SubState", "NRestarts", "InvocationID"):
                assert after[key] == before[unit][key], (unit, key)
    assert sv.lines("c") == ["once"]
    sv.until_restarted("d", sv.kill_main("d"))
    assert sv.show("d")["NRestarts"] == before["d"]["NRestarts"] + 1
    sv.ctl("stop", "a", check=0)
    assert not is_alive(before["a"]["MainPID"])
    assert sv.stop() == 0
    assert not is_alive(before["b"]["MainPID"])


def test_what_ended_meanwhile_is_restarted_as_its_unit_says(svinit):
    sv = svinit({"a": SLEEP + "Restart=always\nRestartSec=0\n", "b": SLEEP})
    old = [sv.until_active(unit)["MainPID"] for unit in "ab"]
    kill(sv)
    for pid in old:
        os.kill(pid, signal.SIGKILL)
        until(lambda pid=pid: not is_alive(pid), "its end")
    again(sv)
    sv.until_restarted("a", old[0])
    sv.until_state("b", "failed")


def test_without_cgroups(svinit):
    sv = svinit({"a": SLEEP + "Restart=always\nRestartSec=0\n",
                 "b": "[Service]\nExecStart=/bin/sh -c 'setsid sleep 900 & echo $! > @top@/b.pid; exec sleep 1000'\n"},
                options=("--no-cgroups",))
    until(lambda: sv.lines("b.pid"), "the second process of b")
    pid = sv.until_active("a")["MainPID"]
    for _ in range(2):
        kill(sv)
        again(sv)
    assert sv.main_pid("a") == pid
    sv.until_restarted("a", sv.kill_main("a"))
    sv.ctl("stop", "b", check=0)
    assert not is_alive(int(sv.lines("b.pid")[0]))
    assert sv.stop() == 0


def kernel_tells_exits():
    """PIDFD_GET_INFO with the exit status."""
    return tuple(int(part) for part in os.uname().release.split(".")[:2]) >= (6, 15)


def test_the_exit_of_an_adopted_process_is_known_where_the_kernel_tells(svinit):
    sv = svinit({"a": "[Service]\nExecStart=/bin/sh -c 'until test -e @top@/go; do sleep 0.02; done; exit 7'\n"})
    pid = sv.until_active("a")["MainPID"]
    kill(sv)
    again(sv)
    sv.file("go").touch()
    os.waitpid(pid, 0)  # the orphans of a svinit that was killed are ours
    sv.until_state("a", "failed")
    shown = sv.show("a")
    assert shown["ExecMainStatus"] in ((7, None) if kernel_tells_exits() else (None,))
    assert shown["Result"] == "exit-code"


def test_a_pid_that_is_somebody_elses_is_left_alone(svinit):
    """The state names a process that is another one now."""
    sv = svinit({"a": SLEEP})
    pid = sv.until_active("a")["MainPID"]
    kill(sv)
    os.kill(pid, signal.SIGKILL)
    until(lambda: not is_alive(pid), "its end")
    # The next process with this pid.
    with open("/proc/sys/kernel/ns_last_pid", "w", encoding="ascii") as last:
        last.write(str(pid - 1))
    child = os.fork()
    if child == 0:
        os.execv("/bin/sleep", ["sleep", "1000"])
    try:
        again(sv)
        sv.until_state("a", "failed")
        assert is_alive(child)
        sv.ctl("stop", "a")
        assert is_alive(child)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if child != pid:
        return  # somebody was faster; then nothing was shown


def test_a_oneshot_is_not_run_twice(svinit):
    sv = svinit({"a": "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo ran >> @top@/ran; "
                      "until test -e @top@/go; do sleep 0.05; done'\n"})
    sv.until_line("ran", "ran")
    kill(sv)
    again(sv)
    assert sv.state("a") == ("activating", "start")
    pid = sv.main_pid("a")
    sv.file("go").touch()
    os.waitpid(pid, 0)
    # How it ended is known if its new parent, the test, was fast enough to reap it.
    until(lambda: sv.state("a")[0] in ("inactive", "failed"), "its end")
    assert sv.lines("ran") == ["ran"]


def test_no_log_line_is_lost(svinit):
    sv = svinit({"a": COUNTER})
    sv.until_logged("a", " line 20")
    for _ in range(3):
        kill(sv)
        again(sv)
    last = numbers(sv, "a")[-1]
    until(lambda: numbers(sv, "a")[-1] > last + 20, "more lines")
    sv.ctl("stop", "a", check=0)
    found = numbers(sv, "a")
    assert found == list(range(1, len(found) + 1))


def loggers(sv):
    """The svlogs of a test's svinits."""
    return [pid for pid in descendants_of(os.getpid())
            if is_alive(pid) and pathlib.Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip() == "svlog"]


def test_the_last_svlog_gives_way(svinit):
    sv = svinit({"a": COUNTER})
    sv.until_logged("a", " line 5")
    old = loggers(sv)
    assert len(old) == 1
    kill(sv)
    assert is_alive(old[0])
    again(sv)
    sv.until_logged("a", " line 30")
    assert len(loggers(sv)) == 1 and loggers(sv) != old


def test_an_svlog_that_hangs_does_not_hold_up_the_next_svinit(svinit):
    sv = svinit({"a": COUNTER})
    sv.until_logged("a", " line 5")
    old = loggers(sv)
    os.kill(old[0], signal.SIGSTOP)
    kill(sv)
    again(sv)
    assert not is_alive(old[0])
    sv.until_logged("a", " line 100")


def test_both_are_killed_at_once(svinit, request):
    """The pipes are found in the services, and what svlog had read of them is in its journal."""
    sv = svinit({"a": COUNTER}, start=False)
    sv.runtime = pathlib.Path(tempfile.mkdtemp(dir="/dev/shm", prefix="svinit-test-"))
    request.addfinalizer(lambda: shutil.rmtree(sv.runtime, ignore_errors=True))
    sv.start()
    sv.until_logged("a", " line 20")
    for _ in range(3):
        log = loggers(sv)
        os.kill(sv.pid, signal.SIGSTOP)  # so that it does not start another one in between
        for pid in log:
            os.kill(pid, signal.SIGKILL)
        kill(sv)
        again(sv)
        last = numbers(sv, "a")[-1]
        until(lambda last=last: numbers(sv, "a")[-1] > last + 10, "more lines")
    sv.ctl("stop", "a", check=0)
    found = numbers(sv, "a")
    assert found == list(range(1, len(found) + 1))

"""svctl as people use it: what it says, and that every ending and every mistake is told apart in words."""
import json
import os
import re
import signal
import subprocess

import pytest

from harness import BUILD, DEADLINE, until

SLEEP = "[Service]\nExecStart=/bin/sleep infinity\n"


def shell(script, *lines):
    return "[Service]\n" + "".join(f"{line}\n" for line in lines) + f"ExecStart=/bin/sh -c '{script}'\n"


@pytest.fixture
def endings(svinit):
    """One unit for each way to end."""
    sv = svinit({
        "good": shell("exit 0"), "bad": shell("echo no configuration; exit 3"), "fault": shell("kill -SEGV $$$$"),
        "murdered": SLEEP, "stopped": SLEEP, "late": "[Service]\nType=notify\nTimeoutStartSec=200ms\n"
        "ExecStart=/bin/sleep infinity\n", "absent": "[Service]\nExecStart=/usr/bin/no-such-program\n",
        "needs": "[Unit]\nRequires=once.service\nAfter=once.service\n" + SLEEP,
        "once": shell("exit 7", "Type=oneshot"),
    })
    sv.until_active("murdered")
    sv.kill_main("murdered")
    sv.ctl("stop", "stopped", check=0)
    for unit in ("bad", "fault", "murdered", "late", "absent", "once"):
        sv.until_state(unit, "failed")
    sv.until_state("good", "inactive")
    return sv


def test_status_tells_the_ways_to_end_apart(endings):
    for unit, words in {
        "good": "exited with status 0", "bad": "exited with status 3", "fault": "its own SIGSEGV",
        "murdered": "killed by somebody else's SIGKILL", "stopped": "ended by SIGTERM, as a stop does",
        "late": "start timed out", "absent": "/usr/bin/no-such-program: No such file or directory",
        "needs": "not started because of once.service",
    }.items():
        assert words in endings.ctl("status", unit, check=3).stdout, unit


def test_status_says_nothing_of_a_process_that_never_ran(endings):
    assert "exited with status 203" not in endings.ctl("status", "absent", check=3).stdout


def test_list_says_why(endings):
    rows = {line.split()[0]: line for line in endings.ctl("list", check=0).stdout.splitlines()}
    assert "No such file or directory" in rows["absent"]
    assert "exited with status 3" in rows["bad"]
    assert "not started because of once.service" in rows["needs"]
    assert rows["good"].count("good") == 1
    units = {unit["Id"]: unit for unit in json.loads(endings.ctl("--json", "list", check=0).stdout)["units"]}
    assert "status 3" in units["bad.service"]["FailureText"]
    assert units["needs.service"]["BlockedBy"] == "once.service"
    assert units["good.service"]["FailureText"] is None


def test_list_names_the_bad_setting(svinit):
    sv = svinit({"wrong": "[Service]\nExecStart=\"/bin/true\n"})
    assert "wrong.service:2" in sv.ctl("list", check=0).stdout


def test_status_shows_log_lines_as_logs_does(svinit):
    sv = svinit({"talks": shell("seq 1 20; exec sleep infinity")})
    sv.until_logged("talks", " 20")
    shown = sv.ctl("status", "talks", check=0).stdout.splitlines()
    logged = sv.ctl("logs", "-u", "talks", "-o", "short", check=0).stdout.splitlines()
    assert shown[-10:] == logged[-10:]
    assert len([line for line in shown if " talks: " in line]) == 10
    assert len([line for line in sv.ctl("status", "-n", "3", "talks", check=0).stdout.splitlines()
                if " talks: " in line]) == 3


def test_a_failed_start_shows_this_starts_lines_alone(svinit):
    sv = svinit({"counts": shell("echo run $(wc -l < @top@/runs); echo >> @top@/runs; exit 1", "Type=oneshot",
                                 "ExecStartPre=/bin/sh -c \"echo >> @top@/runs\"")})
    sv.until_state("counts", "failed")
    sv.until_logged("counts", "run 1")
    answer = sv.ctl("start", "counts", check=1)
    assert "counts: run 3" in answer.stderr
    assert "run 1" not in answer.stderr
    assert answer.stderr.count("exited with status 1") == 1
    assert "svctl status counts" in answer.stderr


def test_unknown_units_are_named_with_the_nearest(svinit):
    sv = svinit({"webserver": SLEEP, "db": SLEEP})
    for verb, status in {"start": 5, "stop": 5, "status": 4, "cat": 1, "why": 5, "kill": 5, "reset-failed": 5,
                         "list-dependencies": 5, "wait": 5, "tree": 5}.items():
        answer = sv.ctl(verb, "websrver")
        assert answer.returncode == status, (verb, answer)
        assert answer.stderr.strip().endswith("did you mean webserver.service?"), (verb, answer)
    answer = sv.ctl("start", "websrver", "dbb")
    assert answer.returncode == 5
    assert "did you mean webserver.service?" in answer.stderr
    assert "did you mean db.service?" in answer.stderr


def test_short_names_are_not_alike_for_their_suffix(svinit):
    sv = svinit({"ok": SLEEP, "db": SLEEP})
    assert "did you mean" not in sv.ctl("start", "nope").stderr


def test_what_is_no_name_of_a_unit(svinit):
    sv = svinit({"worker@": SLEEP})
    assert "is a template" in sv.ctl("start", "worker@", check=5).stderr
    assert '"a b" is not a unit name' in sv.ctl("start", "a b", check=5).stderr
    assert '"" is not a unit name' in sv.ctl("start", "", check=5).stderr
    sv.ctl("start", "worker@1", "worker@2", check=0)
    assert "stands for 2 units" in sv.ctl("why", "worker@*", check=1).stderr


def test_a_pattern_that_stands_for_nothing(svinit):
    sv = svinit({"db": SLEEP})
    for verb in ("start", "stop", "status"):
        answer = sv.ctl(verb, "web*", check=0)
        assert "no loaded unit matches web*" in answer.stderr, verb
    assert sv.ctl("--quiet", "stop", "web*", check=0).stderr == ""


def test_mistyped_verbs_options_and_jobs(svinit):
    sv = svinit({"db": SLEEP})
    assert "did you mean start?" in sv.ctl("strat", "db", check=1).stderr
    assert "there is no job 4711" in sv.ctl("cancel", "4711", check=1).stderr
    assert "no such signal: BOGUS" in sv.ctl("kill", "-s", "BOGUS", "db", check=1).stderr
    sv.ctl("stop", "db", check=0)
    assert "none of it is running" in sv.ctl("kill", "db", check=1).stderr


def test_no_svinit(svinit):
    sv = svinit({"db": SLEEP})
    sv.stop()
    for verb in ("list", "status", "start"):
        answer = sv.ctl(verb, *([] if verb == "list" else ["db"]))
        assert answer.returncode != 0
        assert "is svinit running?" in answer.stderr
        assert str(sv.runtime) in answer.stderr


def test_need_daemon_reload(svinit):
    sv = svinit({"db": SLEEP, "other": SLEEP})
    sv.until_active("db")
    assert sv.show("db")["NeedDaemonReload"] is False

    def is_seen(name, text):
        """Times of files go in ticks: what is written in that of the last load looks as old as it."""
        (sv.units / name).unlink(missing_ok=True)
        os.utime(sv.write(name, text), (0, 0))
        return sv.show("db")["NeedDaemonReload"]

    path = sv.units / "db.service"
    until(lambda: is_seen("db.service", "[Unit]\nDescription=new\n" + SLEEP), "the new unit file to be seen", 1)
    assert "svctl daemon-reload" in sv.ctl("status", "db", check=0).stdout
    assert sv.show("other")["NeedDaemonReload"] is False
    sv.ctl("daemon-reload", check=0)
    assert sv.show("db")["NeedDaemonReload"] is False
    until(lambda: is_seen("db.service.d/more.conf", "[Unit]\nDescription=newer\n"), "the drop-in to be seen", 1)
    sv.ctl("daemon-reload", check=0)
    # One that is loaded when it is first asked for is as new as its file.
    sv.write("late", SLEEP)
    sv.ctl("start", "late", check=0)
    assert sv.show("late")["NeedDaemonReload"] is False
    path.unlink()
    assert sv.show("db")["NeedDaemonReload"] is True


def test_wait_for_each_condition(endings):
    endings.ctl("wait", "bad", "--for=failed", "--timeout=5", check=0)
    endings.ctl("wait", "good", "--for=stopped", "--timeout=5", check=0)
    answer = endings.ctl("wait", "needs", "--for=ready", "--timeout=200ms", check=1)
    assert "needs.service is inactive" in answer.stderr
    assert "must be ready, stopped or failed" in endings.ctl("wait", "bad", "--for=lunch", check=1).stderr
    assert "not a time span" in endings.ctl("wait", "bad", "--timeout=soon", check=1).stderr


def test_why_says_how_it_ended(endings):
    assert "exited with status 3" in endings.ctl("why", "bad", check=0).stdout
    assert "not started because of once.service" in endings.ctl("why", "needs", check=0).stdout


def test_verify_needs_no_svinit(svinit):
    sv = svinit({"db": SLEEP})
    bad = sv.write("bad", "[Service]\nExecStart=\"/bin/true\n")
    warned = sv.write("warned", "[Service]\nUser=no-such-user\nExecStart=/no/such/program\n")
    sv.stop()
    answer = sv.ctl("verify", str(bad), check=1)
    assert f"{bad}:2:" in answer.stdout
    answer = sv.ctl("verify", str(warned), check=0)
    assert f"{warned}:3:11: warning: the program /no/such/program does not exist" in answer.stdout
    assert "User=no-such-user" in answer.stdout
    findings = json.loads(sv.ctl("--json", "verify", str(warned), check=0).stdout)["diagnostics"]
    assert {finding["severity"] for finding in findings} == {"warning"}


def test_signals_by_name_and_number(svinit):
    sv = svinit({"db": SLEEP})
    sv.until_active("db")
    sv.ctl("kill", "-s", str(int(signal.SIGKILL)), "db", check=0)
    until(lambda: sv.state("db")[0] == "failed", "the kill")


def test_wait_gives_up_on_what_has_failed(endings):
    answer = endings.ctl("wait", "bad", check=1)
    assert "bad.service is failed" in answer.stderr
    assert "exited with status 3" in answer.stderr
    assert endings.ctl("wait", "murdered", "bad").returncode == 1


def test_what_was_refused_is_not_blamed_on_an_old_failure(endings):
    answer = endings.ctl("reload", "bad", check=1)
    assert "no ExecReload=" in answer.stderr
    assert "exited with status" not in answer.stderr


def test_empty_lists_say_so(svinit):
    sv = svinit({"db": SLEEP, "talks": shell("echo talking")})
    sv.until_logged("talks", "talking")
    for arguments in (["list", "nope"], ["list", "--state=failed"], ["list-units", "nope"]):
        answer = sv.ctl(*arguments, check=0)
        assert "no units" in (answer.stdout + answer.stderr).lower() or "0 loaded units" in answer.stdout, arguments
        assert "UNIT" not in answer.stdout
    for verb in ("tree", "kill", "show", "cat"):
        assert "no loaded unit matches web*" in sv.ctl(verb, "web*").stderr, verb
    assert "nothing is logged" in sv.ctl("logs", "-u", "nope", check=0).stderr


def test_why_tells_of_the_last_run(endings):
    assert "exited with status 0" in endings.ctl("why", "good", check=0).stdout


def test_numbers_that_are_none(svinit):
    sv = svinit({"db": SLEEP})
    assert "needs a value: -n " in sv.ctl("status", "-n", check=1).stderr
    assert "unknown option: --bogus with status" in sv.ctl("status", "--bogus", check=1).stderr
    assert "--lines=x" in sv.ctl("status", "--lines=x", "db", check=1).stderr
    assert "did you mean status?" in sv.ctl("help", "statsu", check=1).stderr


def test_monitor_tells_each_change_once(svinit):
    sv = svinit({"db": SLEEP, "bad": shell("exit 3")})
    sv.until_state("bad", "failed")
    control = sv.control()
    control.send("Subscribe", more=True)
    assert control.receive()["event"] == "subscribed"
    sv.ctl("start", "bad")
    sv.ctl("restart", "db", check=0)
    sv.ctl("stop", "db", check=0)
    events = []
    while not events or events[-1]["state"] is None or events[-1]["state"]["ActiveState"] != "inactive":
        events.append(control.receive())
    control.close()
    assert all(one != two for one, two in zip(events, events[1:]))


def test_a_narrow_terminal_keeps_the_names(svinit):
    name = "a-name-of-some-length"
    sv = svinit({name: "[Unit]\nDescription=" + "long " * 40 + "\n" + SLEEP})
    sv.until_active(name)
    command = f"stty cols 80; {BUILD}/svctl --no-pager --runtime-dir {sv.runtime} list"
    answer = subprocess.run(["script", "-qec", command, "/dev/null"], stdin=subprocess.DEVNULL, capture_output=True,
                            text=True, timeout=DEADLINE, check=True)
    rows = [re.sub("\x1b\\[[0-9;]*m", "", line) for line in answer.stdout.splitlines()]
    assert any(row.startswith(name + " ") for row in rows), rows
    assert all(len(row.encode()) <= 90 and len(row) <= 80 for row in rows), rows

"""In which order units start, and what happens to those whose dependencies fail."""
import pytest

SLEEP = "[Service]\nExecStart=/bin/sleep infinity\n"


def noting(name, after="", seconds=0, unit=""):
    """A oneshot that writes when it begins and ends."""
    return (f"[Unit]\n{after}\n{unit}\n[Service]\nType=oneshot\nRemainAfterExit=yes\n"
            f"ExecStart=/bin/sh -c 'echo begin {name} >> @top@/order; sleep {seconds}; echo end {name} >> @top@/order'\n")


def test_after_waits_for_the_end_of_a_oneshot(svinit, mode):
    sv = svinit({
        "third": noting("third", "After=second.service"),
        "second": noting("second", "After=first.service"),
        "first": noting("first", seconds=0.2),
    }, **mode)
    sv.until_active("third")
    assert sv.lines("order") == ["begin first", "end first", "begin second", "end second", "begin third", "end third"]


def test_without_order_units_start_together(svinit):
    sv = svinit({"one": noting("one", seconds=0.5), "two": noting("two", seconds=0.5)})
    sv.until_active("one")
    sv.until_active("two")
    assert sorted(sv.lines("order")[:2]) == ["begin one", "begin two"]


def test_the_order_of_names_does_not_matter(svinit):
    sv = svinit({"a": noting("a", "After=z.service"), "z": noting("z", seconds=0.2), "up": SLEEP})
    sv.until_active("a")
    assert sv.lines("order") == ["begin z", "end z", "begin a", "end a"]
    sv.ctl("stop", "a", "z", check=0)
    sv.file("order").unlink()
    sv.ctl("start", "a", "z", check=0)
    assert sv.lines("order") == ["begin z", "end z", "begin a", "end a"]


def test_before_is_the_inverse_of_after(svinit):
    sv = svinit({"late": noting("late"), "early": noting("early", "Before=late.service", seconds=0.2)})
    sv.until_active("late")
    assert sv.lines("order")[:2] == ["begin early", "end early"]


def test_several_commands_of_a_oneshot_run_one_after_the_other(svinit):
    sv = svinit({"chain": "[Service]\nType=oneshot\nRemainAfterExit=yes\n" + "".join(
        f"{key}=/bin/sh -c 'echo {word} >> @top@/order'\n" for key, word in
        [("ExecStart", "start-1"), ("ExecStartPost", "post"), ("ExecStartPre", "pre"), ("ExecStart", "start-2"),
         ("ExecStop", "stop"), ("ExecStopPost", "stop-post"), ("ExecCondition", "condition")])})
    sv.until_active("chain")
    sv.ctl("stop", "chain", check=0)
    assert sv.lines("order") == ["condition", "pre", "start-1", "start-2", "post", "stop", "stop-post"]
    assert sv.state("chain") == ("inactive", "dead")


def test_a_condition_that_says_no_skips_without_failure(svinit):
    sv = svinit({"skipped": "[Service]\nExecCondition=/bin/false\nExecStart=/bin/sleep infinity\n", "other": SLEEP})
    sv.until_active("other")
    sv.ctl("start", "skipped", check=0)
    properties = sv.show("skipped")
    assert (properties["ActiveState"], properties["Result"]) == ("inactive", "exec-condition")


def test_condition_path_exists(svinit):
    sv = svinit({"skipped": "[Unit]\nConditionPathExists=/nonexistent\n" + SLEEP,
                 "asserted": "[Unit]\nAssertPathExists=/nonexistent\n" + SLEEP,
                 "held": "[Unit]\nConditionPathExists=!/nonexistent\n" + SLEEP})
    sv.until_active("held")
    assert sv.ctl("start", "skipped").returncode == 0
    assert sv.state("skipped")[0] == "inactive"
    answer = sv.ctl("start", "asserted")
    assert answer.returncode != 0
    assert "/nonexistent" in answer.stdout + answer.stderr


def test_a_unit_whose_dependency_failed_is_not_started_and_says_which_one(svinit):
    sv = svinit({
        "base": "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'exit 3'\n",
        "needs": "[Unit]\nRequires=base.service\nAfter=base.service\n" + SLEEP,
        "wants": "[Unit]\nWants=base.service\nAfter=base.service\n" + SLEEP,
    })
    sv.until_active("wants")
    assert sv.state("base") == ("failed", "failed")
    assert sv.state("needs") == ("inactive", "dead")
    answer = sv.ctl("start", "needs")
    assert answer.returncode == 1
    assert "base.service" in answer.stderr
    assert sv.state("needs") == ("inactive", "dead")


def test_requisite_does_not_start_what_is_down(svinit):
    sv = svinit({"up": SLEEP})
    sv.write("base@.service", SLEEP)
    sv.write("picky@.service", "[Unit]\nRequisite=base@%i.service\nAfter=base@%i.service\n" + SLEEP)
    assert sv.ctl("start", "picky@1").returncode == 1
    assert sv.state("base@1")[0] == "inactive"
    sv.ctl("start", "base@1", check=0)
    sv.ctl("start", "picky@1", check=0)
    assert sv.state("picky@1")[0] == "active"


def test_starting_a_unit_starts_what_it_requires(svinit):
    sv = svinit({"up": SLEEP})
    sv.write("base@.service", noting("base"))
    sv.write("top@.service", "[Unit]\nRequires=base@%i.service\nAfter=base@%i.service\n" + SLEEP)
    sv.ctl("start", "top@x", check=0)
    assert sv.state("base@x") == ("active", "exited")


def test_a_cycle_is_named_and_broken(svinit):
    sv = svinit({
        "a": "[Unit]\nWants=b.service\nAfter=b.service\n" + SLEEP,
        "b": "[Unit]\nWants=c.service\nAfter=c.service\n" + SLEEP,
        "c": "[Unit]\nWants=a.service\nAfter=a.service\n" + SLEEP,
    })
    for unit in "abc":
        sv.until_active(unit)
    sv.until_said("cycle")
    line = next(line for line in sv.said().splitlines() if "cycle" in line)
    assert all(f"{unit}.service" in line for unit in "abc")


def test_conflicts_stops_the_other(svinit):
    sv = svinit({"day": SLEEP})
    sv.write("night@.service", "[Unit]\nConflicts=day.service\n" + SLEEP)
    sv.until_active("day")
    sv.ctl("start", "night@1", check=0)
    sv.until_state("day", "inactive")
    sv.ctl("start", "day", check=0)
    sv.until_state("night@1", "inactive")


def test_instances_of_a_template(svinit):
    sv = svinit({
        "all.target": "[Unit]\nWants=echo@one.service echo@two\\x2dand.service\n",
        "echo@.service": "[Service]\nType=oneshot\nRemainAfterExit=yes\n"
                         "ExecStart=/bin/sh -c 'echo \"%n|%p|%i|%I\" > \"@top@/said-%i\"'\n",
    })
    sv.until_active("echo@one")
    sv.until_active("echo@two\\x2dand.service")
    assert sv.lines("said-one") == ["echo@one.service|echo|one|one"]
    assert sv.lines("said-two\\x2dand") in (["echo@two\\x2dand.service|echo|two\\x2dand|two-and"],)
    assert sv.call("Show", units=["echo@one.service"])["units"][0]["Id"] == "echo@one.service"


def test_upholds_starts_again_what_was_stopped(svinit):
    sv = svinit({"keeper": "[Unit]\nUpholds=kept@1.service\n" + SLEEP, "kept@.service": SLEEP})
    sv.until_active("kept@1")
    old = sv.kill_main("kept@1")
    sv.until_restarted("kept@1", old)


def test_on_failure_and_on_success(svinit):
    sv = svinit({
        "bad": "[Unit]\nOnFailure=note@failure.service\n[Service]\nExecStart=/bin/false\n",
        "good": "[Unit]\nOnSuccess=note@success.service\n[Service]\nExecStart=/bin/true\n",
        "note@.service": "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo noted > @top@/%i'\n",
    })
    sv.until_line("failure", "noted")
    sv.until_line("success", "noted")


@pytest.mark.parametrize("count", [200])
def test_a_long_chain(svinit, count):
    units = {f"u{i}": f"[Unit]\n{'' if i == 0 else f'Requires=u{i - 1}.service'}\n"
                      f"{'' if i == 0 else f'After=u{i - 1}.service'}\n"
                      "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n" for i in range(count)}
    sv = svinit(units)
    sv.until_active(f"u{count - 1}", seconds=60)
    assert all(sv.state(f"u{i}") == ("active", "exited") for i in range(0, count, 10))


def test_what_belongs_to_systemd_is_not_missed(svinit):
    sv = svinit({"needs": "[Unit]\nRequires=syslog.socket systemd-journald.service\nBindsTo=systemd-logind.service\n"
                          "After=syslog.socket systemd-logind.service\n" + SLEEP})
    sv.until_active("needs")
    assert sv.show("syslog.socket")["LoadState"] == "masked"
    assert "belongs to systemd" in sv.show("syslog.socket")["LoadError"]
    assert "belongs to systemd" in sv.ctl("start", "systemd-journald", check=1).stderr


def test_a_device_and_a_mount_are_up_when_they_are_there(svinit):
    sv = svinit({
        "there": "[Unit]\nBindsTo=dev-null.device proc.mount\nAfter=dev-null.device proc.mount\n" + SLEEP,
        "away": "[Unit]\nBindsTo=dev-nosuchthing.device\nAfter=dev-nosuchthing.device\n" + SLEEP,
        "proc.mount": "[Mount]\nWhat=proc\nWhere=/proc\n",
    })
    sv.until_active("there")
    assert "AssertPathExists=/dev/nosuchthing" in sv.ctl("start", "away", check=1).stderr


def test_a_condition_is_named_in_the_status(svinit):
    sv = svinit({"skipped": "[Unit]\nConditionPathExists=/nonexistent\n" + SLEEP, "other": SLEEP})
    sv.until_active("other")
    sv.ctl("start", "skipped", check=0)
    shown = sv.show("skipped")
    assert shown["ConditionResult"] is False and shown["Conditions"] == ["ConditionPathExists=/nonexistent"]
    assert "ConditionPathExists=/nonexistent does not hold" in sv.ctl("status", "skipped", check=3).stdout

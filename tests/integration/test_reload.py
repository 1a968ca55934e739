"""daemon-reload: what did not change goes on, what did applies."""
import signal

SLEEP = "[Service]\nExecStart=/bin/sleep infinity\n"


def test_unchanged_units_keep_their_processes(svinit, mode):
    sv = svinit({f"s{i}": SLEEP for i in range(5)}, **mode)
    for i in range(5):
        sv.until_active(f"s{i}")
    before = {f"s{i}": sv.main_pid(f"s{i}") for i in range(5)}
    sv.write("s0", SLEEP + "Restart=always\n")
    sv.ctl("daemon-reload", check=0)
    assert {unit: sv.main_pid(unit) for unit in before} == before


def test_a_changed_command_applies_at_the_next_start(svinit):
    sv = svinit({"s": SLEEP})
    old = sv.until_active("s")["MainPID"]
    sv.write("s", "[Unit]\nDescription=changed\n[Service]\nExecStart=/bin/sh -c 'touch @top@/new; exec sleep infinity'\n")
    sv.ctl("daemon-reload", check=0)
    assert sv.main_pid("s") == old
    assert not sv.file("new").exists()
    sv.ctl("restart", "s", check=0)
    sv.until_active("s")
    assert sv.show("s")["Description"] == "changed"


def test_a_new_unit_can_be_started_without_a_reload(svinit):
    sv = svinit({"s": SLEEP})
    sv.write("late", SLEEP)
    sv.ctl("start", "late", check=0)
    assert sv.state("late")[0] == "active"


def test_a_unit_whose_file_is_gone_goes_on(svinit):
    sv = svinit({"s": SLEEP, "other": SLEEP})
    old = sv.until_active("s")["MainPID"]
    (sv.units / "s.service").unlink()
    sv.ctl("daemon-reload", check=0)
    assert sv.main_pid("s") == old
    assert sv.show("s")["LoadState"] == "not-found"
    sv.ctl("stop", "s", check=0)


def test_a_bad_file_is_reported_and_harms_nothing(svinit):
    sv = svinit({"s": SLEEP})
    old = sv.until_active("s")["MainPID"]
    sv.write("s", "[Service\nExecStart\n")
    sv.ctl("daemon-reload")
    assert sv.main_pid("s") == old


def test_hup_reloads(svinit):
    sv = svinit({"s": SLEEP})
    old = sv.until_active("s")["MainPID"]
    sv.write("s", "[Unit]\nDescription=by signal\n" + SLEEP)
    sv.send_signal(signal.SIGHUP)
    sv.ctl("restart", "s", check=0)
    assert sv.show("s")["Description"] == "by signal"
    assert sv.main_pid("s") != old


def test_drop_ins(svinit):
    sv = svinit({"s": SLEEP})
    sv.until_active("s")
    sv.write("s.service.d/10-more.conf", "[Unit]\nDescription=from the drop-in\n[Service]\nExecStart=\n"
                                         "ExecStart=/bin/sh -c 'touch @top@/dropped; exec sleep infinity'\n")
    sv.ctl("daemon-reload", check=0)
    sv.ctl("restart", "s", check=0)
    assert sv.show("s")["Description"] == "from the drop-in"
    sv.until_line("dropped", "") if sv.lines("dropped") else None
    assert "10-more.conf" in sv.ctl("cat", "s", check=0).stdout


def test_what_a_target_wants_applies_at_once(svinit):
    sv = svinit({"all.target": "[Unit]\nWants=s.service\n", "s": SLEEP, "more": SLEEP}, options=["--target", "all.target"])
    sv.until_active("all.target")
    (sv.units / "all.target.wants").mkdir()
    (sv.units / "all.target.wants/more.service").symlink_to("../more.service")
    sv.ctl("daemon-reload", check=0)
    target = sv.show("all.target")
    assert (target["NeedRestart"], target["ActiveState"]) == (False, "active")
    assert "more.service" in target["Wants"] and sv.state("more")[0] == "inactive"
    (sv.units / "all.target").unlink()
    sv.ctl("daemon-reload", check=0)
    assert sv.state("all.target")[0] == "active"


def test_a_unit_that_is_up_cannot_become_another_name(svinit):
    sv = svinit({"one": SLEEP, "two": SLEEP, "idle.target": ""}, options=["--target", "one.service"])
    sv.ctl("start", "two", check=0)
    (sv.units / "two.service").unlink()
    (sv.units / "two.service").symlink_to("one.service")
    sv.write("three", SLEEP)
    result = sv.ctl("daemon-reload", check=0)
    assert "File exists" not in result.stderr and sv.state("two")[0] == sv.state("one")[0] == "active"
    sv.until_said("two.service is another name of one.service now")
    sv.ctl("start", "three", check=0)
    sv.ctl("stop", "two.service", check=0)
    assert sv.state("one")[0] == "active"

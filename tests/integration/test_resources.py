"""Limits, slices and what is used. What needs a controller of cgroup v2 is skipped where there is none."""
import base64
import os
import pathlib

import pytest

from harness import cgroup_mount, is_alive, until

BUSY = "[Service]\nExecStart=/bin/sh -c 'while :; do :; done'\nNice=19\n"
SLEEP = "[Service]\nExecStart=/bin/sleep infinity\n"


def controllers():
    top = cgroup_mount()
    return set((top / "cgroup.controllers").read_text(encoding="ascii").split()) if top else set()


def needs(*names):
    missing = set(names) - controllers()
    return pytest.mark.skipif(bool(missing), reason=f"no cgroup v2 controller {', '.join(sorted(missing))} here")


def cgroup_file(sv, unit, name):
    return (pathlib.Path(f"{cgroup_mount()}{sv.show(unit)['ControlGroup']}") / name).read_text(encoding="ascii").strip()


@pytest.fixture(params=["cgroup", "keeper"])
def way(request):
    if request.param == "cgroup" and not cgroup_mount():
        pytest.skip("no writable cgroup v2 tree here")
    return {"options": ["--no-cgroups"] if request.param == "keeper" else []}


def test_units_live_in_slices(svinit):
    if not cgroup_mount():
        pytest.skip("no writable cgroup v2 tree here")
    sv = svinit({"plain": SLEEP, "pool@": SLEEP, "given": SLEEP + "Slice=one-two.slice\n", "top": SLEEP + "Slice=-.slice\n"})
    sv.ctl("start", "pool@a-b", check=0)
    for unit in ("plain", "given", "top"):
        sv.until_active(unit)
    paths = {unit: sv.show(unit)["ControlGroup"].split(".supervisor", 1)[1]
             for unit in ("plain", "pool@a-b", "given", "top")}
    assert paths == {"plain": "/system.slice/plain.service",
                     "pool@a-b": "/system.slice/system-pool.slice/pool@a-b.service",
                     "given": "/one.slice/one-two.slice/given.service",
                     "top": "/top.service"}
    assert sv.state("one-two.slice") == sv.state("one.slice") == ("active", "active")
    assert sv.show("plain")["Slice"] == "system.slice"
    sv.kill_main("given")
    sv.until_state("given", "failed")
    sv.ctl("start", "given", check=0)
    sv.ctl("stop", "one.slice", check=0)
    assert sv.state("given") == ("inactive", "dead")


def test_limits_are_shown_and_named_where_nobody_enforces_them(svinit):
    sv = svinit({"s": SLEEP + "MemoryMax=100M\nTasksMax=10%\nCPUQuota=20%\nAllowedCPUs=0\n"
                              "IOReadBandwidthMax=/ 5M\nManagedOOMSwap=kill\n"}, options=["--no-cgroups"])
    sv.until_active("s")
    properties = sv.show("s")
    assert properties["MemoryMax"] == 100 << 20
    assert properties["TasksMax"] == "10%"
    assert properties["CPUQuotaPerSecUSec"] == 200000
    assert properties["IOReadBandwidthMax"] == ["/ 5000000"]
    assert set(properties["NotEnforced"]) == {"MemoryMax=", "TasksMax=", "CPUQuota=", "AllowedCPUs=",
                                              "IOReadBandwidthMax="}
    assert "not enforced here" in sv.ctl("status", "s").stdout


def test_what_is_used_is_counted_in_any_case(svinit, way):
    sv = svinit({"busy": BUSY}, **way)
    sv.until_active("busy")
    until(lambda: (sv.show("busy")["CPUUsageNSec"] or 0) > 50_000_000, "the busy service to have used time")
    properties = sv.show("busy")
    assert properties["MemoryCurrent"] > 100_000
    assert properties["TasksCurrent"] == 1
    assert "CPU" in sv.ctl("status", "busy").stdout
    sv.ctl("stop", "busy", check=0)
    assert sv.show("busy")["TasksCurrent"] is None


def test_the_time_of_ended_processes_counts_without_cgroups(svinit):
    sv = svinit({"s": "[Service]\nExecStart=/bin/sh -c '(sh -c \"i=0; while [ \\$$i -lt 300000 ]; do i=\\$$((i+1)); done; "
                      "touch @top@/done\" &) ; exec sleep infinity'\n"}, options=["--no-cgroups"])
    until(sv.file("done").exists, "the burner to end")
    until(lambda: sv.show("s")["TasksCurrent"] == 1, "the burner to be gone")
    assert sv.show("s")["CPUUsageNSec"] > 20_000_000


@needs("memory")
def test_memory_max_and_the_oom_kill_is_named(svinit):
    sv = svinit({"eater": "[Service]\nMemoryMax=20M\nMemorySwapMax=0\n"
                          "ExecStart=/bin/sh -c 'tail -c 200M /dev/zero | tail'\n"})
    sv.until_state("eater", "failed", 60)
    assert sv.show("eater")["Result"] == "oom-kill"
    assert "memory" in sv.ctl("status", "eater").stdout


@needs("memory")
def test_oom_policy_continue_and_kill(svinit):
    eater = ("[Service]\nMemoryMax=20M\nMemorySwapMax=0\nOOMPolicy={}\n"
             "ExecStart=/bin/sh -c 'tail -c 200M /dev/zero | tail; sleep infinity'\n")
    sv = svinit({"on": eater.format("continue"), "kill": eater.format("kill")})
    sv.until_state("kill", "failed", 60)
    assert sv.show("kill")["Result"] == "oom-kill"
    until(lambda: "want of memory" in sv.said(), "the kill to be told")
    assert sv.state("on") == ("active", "running")


@needs("memory", "pids", "cpu")
def test_limits_reach_the_kernel_and_change_live(svinit):
    sv = svinit({"s": SLEEP + "MemoryMax=100M\nMemoryHigh=50%\nTasksMax=17\nCPUQuota=20%\nCPUWeight=250\nSlice=box.slice\n",
                 "box.slice": "[Slice]\nMemoryMax=1G\n"})
    sv.until_active("s")
    assert sv.show("s")["NotEnforced"] == []
    assert cgroup_file(sv, "s", "memory.max") == str(100 << 20)
    assert cgroup_file(sv, "s", "pids.max") == "17"
    assert cgroup_file(sv, "s", "cpu.max") == "20000 100000"
    assert cgroup_file(sv, "s", "cpu.weight") == "250"
    assert cgroup_file(sv, "s", "../memory.max") == str(1 << 30)
    sv.ctl("set-property", "--runtime", "s", "MemoryMax=64M", "TasksMax=infinity", check=0)
    assert cgroup_file(sv, "s", "memory.max") == str(64 << 20)
    assert cgroup_file(sv, "s", "pids.max") == "max"
    pid = sv.kill_main("s")
    until(lambda: not is_alive(pid), "the end")
    sv.until_state("s", "failed")
    sv.ctl("start", "s", check=0)
    assert cgroup_file(sv, "s", "memory.max") == str(64 << 20)


@needs("pids")
def test_tasks_max_holds(svinit):
    sv = svinit({"s": "[Service]\nTasksMax=4\nExecStart=/bin/sh -c "
                      "'for i in 1 2 3 4 5 6; do sleep 1000 & done; wait'\n"})
    until(lambda: sv.log_lines("s"), "the shell to complain")
    assert sv.show("s")["TasksCurrent"] is None or sv.show("s")["TasksCurrent"] <= 4


@needs("cpu")
def test_cpu_quota_holds(svinit):
    sv = svinit({"busy": BUSY + "CPUQuota=10%\n"})
    sv.until_active("busy")

    def throttled():
        return "nr_throttled 0" not in cgroup_file(sv, "busy", "cpu.stat")
    until(throttled, "the kernel to hold it back")


@needs("cpuset")
def test_allowed_cpus_hold(svinit):
    sv = svinit({"s": SLEEP + "AllowedCPUs=0\n"})
    sv.until_active("s")
    assert os.sched_getaffinity(sv.main_pid("s")) == {0}


def test_set_property_writes_drop_ins_and_applies(svinit):
    sv = svinit({"s": SLEEP})
    sv.until_active("s")
    sv.ctl("set-property", "s", "MemoryMax=64M", "CPUWeight=50", check=0)
    assert (sv.units / "s.service.d" / "50-MemoryMax.conf").read_text(encoding="utf-8").endswith(
        "[Service]\nMemoryMax=64M\n")
    properties = sv.show("s")
    assert (properties["MemoryMax"], properties["CPUWeight"]) == (64 << 20, 50)
    assert not properties["NeedRestart"], "a running unit takes limits over as they are"
    sv.ctl("set-property", "--runtime", "s", "MemoryMax=32M", check=0)
    assert (sv.runtime / "units/s.service.d/50-MemoryMax.conf").exists()
    assert sv.show("s")["MemoryMax"] == 32 << 20
    sv.ctl("set-property", "--runtime", "s", "MemoryMax=", check=0)
    assert sv.show("s")["MemoryMax"] is None


def test_set_property_refuses_what_is_none(svinit):
    sv = svinit({"s": SLEEP})
    sv.until_active("s")
    for words, why in ((["ExecStart=/bin/false"], "cannot be set"), (["MemoryMax=much"], "not a size"),
                       (["MemoryMax"], "PROPERTY=VALUE")):
        result = sv.ctl("set-property", "s", *words, check=1)
        assert why in result.stderr, result.stderr
    assert not (sv.units / "s.service.d").exists()
    assert sv.ctl("set-property", "nobody", "MemoryMax=1M").returncode != 0


def test_freeze_and_thaw(svinit):
    if not cgroup_mount():
        pytest.skip("no writable cgroup v2 tree here")
    sv = svinit({"s": "[Service]\nExecStart=/bin/sh -c 'while :; do echo x >> @top@/alive; sleep 0.01; done'\n"})
    until(sv.file("alive").exists, "the service to run")
    sv.ctl("freeze", "s", check=0)
    assert sv.show("s")["FreezerState"] == "frozen"
    until(lambda: "frozen 1" in cgroup_file(sv, "s", "cgroup.events"), "the kernel to freeze it")
    before = len(sv.lines("alive"))
    sv.ctl("thaw", "s", check=0)
    assert sv.show("s")["FreezerState"] == "running"
    until(lambda: len(sv.lines("alive")) > before, "the service to go on")
    sv.ctl("freeze", "s", check=0)
    sv.ctl("stop", "s", check=0)
    assert sv.state("s") == ("inactive", "dead")
    assert "no processes" in sv.ctl("freeze", "s", check=1).stderr


def test_without_cgroups_nothing_is_frozen(svinit):
    sv = svinit({"s": SLEEP}, options=["--no-cgroups"])
    sv.until_active("s")
    assert "no cgroups" in sv.ctl("freeze", "s", check=1).stderr


def test_metrics(svinit, way):
    sv = svinit({"busy": BUSY, "idle": "[Service]\nType=oneshot\nExecStart=/bin/true\n"}, **way)
    sv.until_active("busy")
    until(lambda: (sv.show("busy")["CPUUsageNSec"] or 0) > 10_000_000, "time to be used")
    lines = sv.ctl("metrics", check=0).stdout.splitlines()
    values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert values['svinit_unit_state{unit="busy.service",state="active"}'] == "1"
    assert values['svinit_unit_state{unit="idle.service",state="active"}'] == "0"
    assert float(values['svinit_unit_cpu_seconds_total{unit="busy.service"}']) > 0.01
    assert int(values['svinit_unit_memory_bytes{unit="busy.service"}']) > 0
    assert values['svinit_unit_restarts_total{unit="busy.service"}'] == "0"
    for line in lines:
        assert line.startswith(("# HELP svinit_unit_", "# TYPE svinit_unit_", "svinit_unit_")), line


def test_a_delegated_cgroup_is_the_users(svinit):
    if not cgroup_mount():
        pytest.skip("no writable cgroup v2 tree here")
    own = f"{cgroup_mount()}$$(sed -n s/^0:://p /proc/self/cgroup)"
    sv = svinit({"s": f"[Service]\nUser=nobody\nDelegate=yes\nExecStart=/bin/sh -c 'd={own}; mkdir $$d/sub && "
                      "echo $$$$ > $$d/sub/cgroup.procs && echo done && exec sleep infinity'\n",
                 "other": f"[Service]\nUser=nobody\nExecStart=/bin/sh -c 'mkdir {own}/sub || exec sleep infinity'\n"})
    sv.until_logged("s", "done")
    until(lambda: sv.show("other")["TasksCurrent"] == 1, "the other to be refused")
    main = sv.main_pid("s")
    assert sv.show("s")["TasksCurrent"] == 1
    sv.ctl("stop", "s", check=0)
    assert not is_alive(main)
    assert sv.state("other")[0] == "active"


def test_where_memory_pressure_is_to_be_watched(svinit):
    if not cgroup_mount():
        pytest.skip("no writable cgroup v2 tree here")
    sv = svinit({"s": "[Service]\nUser=nobody\nMemoryPressureWatch=yes\nExecStart=/bin/sh -c 'echo "
                      "$$MEMORY_PRESSURE_WATCH $$MEMORY_PRESSURE_WRITE; test -w $$MEMORY_PRESSURE_WATCH && "
                      "echo writable; exec sleep infinity'\n"})
    sv.until_logged("s", "memory.pressure")
    text = next(line for line in sv.log_lines("s") if "memory.pressure" in line)
    assert f"{sv.show('s')['ControlGroup']}/memory.pressure" in text
    assert base64.b64decode(text.split()[-1]) == b"some 200000 2000000\0"
    sv.until_logged("s", "writable")

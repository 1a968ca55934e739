"""Limits, slices and what is used. What needs a controller of cgroup v2 is skipped where there is none."""
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
    sv = svinit({"s": "[Service]\nExecStart=/bin/sh -c '(timeout 0.3 sh -c \"while :; do :; done\" &) ; sleep infinity'\n"},
                options=["--no-cgroups"])
    sv.until_active("s")
    until(lambda: sv.show("s")["TasksCurrent"] == 2 or sv.show("s")["CPUUsageNSec"] > 100_000_000, "the burner to run")
    until(lambda: sv.show("s")["TasksCurrent"] == 1 or len(sv.call("Why", unit="s.service")["why"]["processes"]) <= 2,
          "the burner to end")
    until(lambda: sv.show("s")["CPUUsageNSec"] > 100_000_000, "its time to be counted")


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

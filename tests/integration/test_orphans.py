"""Orphans come to svinit and are reaped; zombies of negligent parents vanish with their parents."""
import contextlib
import os
import pathlib
import time

from harness import children_of, descendants_of, process_fields, until

SLEEP = "[Service]\nExecStart=/bin/sleep infinity\n"
ORPHANS = int(os.environ.get("SVINIT_TEST_ORPHANS", "20000"))


def zombies_below(pid):
    return [child for child in descendants_of(pid) if (process_fields(child) or "?")[0] == "Z"]


def test_an_orphan_is_adopted_and_reaped(svinit, mode):
    sv = svinit({"maker": "[Service]\nExecStart=/bin/sh -c '(sleep 1000 & echo $! > @top@/orphan); exec sleep infinity'\n"},
                **mode)
    until(lambda: sv.lines("orphan"), "the orphan")
    orphan = sv.outside(int(sv.lines("orphan")[0]))
    until(lambda: process_fields(orphan)[1] == sv.adopter("maker"), "the orphan to be adopted")
    os.kill(orphan, 9)
    until(lambda: process_fields(orphan) is None, "the orphan to be reaped")
    assert sv.state("maker")[0] == "active"


def test_zombies_of_a_negligent_parent(svinit):
    sv = svinit({"negligent": "[Service]\nExecStart=/bin/sh -c 'sleep 0.01 & sleep 0.02 & exec sleep infinity'\n"})
    sv.until_active("negligent")
    parent = sv.main_pid("negligent")
    until(lambda: len(zombies_below(parent)) == 2, "two zombies")
    zombies = zombies_below(parent)
    assert "zombie" in sv.ctl("tree", check=0).stdout.lower()
    sv.ctl("stop", "negligent", check=0)
    until(lambda: all(process_fields(pid) is None for pid in zombies), "the zombies to be gone")


def namespace_zombies(sv):
    """Processes of svinit's PID namespace in state Z."""
    namespace = os.readlink(f"/proc/{sv.pid}/ns/pid")
    found = 0
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit() and (process_fields(entry.name) or "?")[0] == "Z":
            with contextlib.suppress(OSError):
                found += os.readlink(entry / "ns" / "pid") == namespace
    return found


def test_a_flood_of_orphans_as_pid_1(svinit):
    sv = svinit({
        "flood@.service": f"[Service]\nExecStart=@programs@/orphan_flood {ORPHANS} @top@/done\n",
        "other": "[Unit]\nStartLimitIntervalSec=0\n" + SLEEP + "Restart=always\nRestartSec=0\n",
    }, pid1=True)
    sv.until_active("other")
    sv.ctl("start", "flood@1", check=0)
    restarts = 0
    while not sv.file("done").exists():
        old = sv.kill_main("other")
        sv.until_restarted("other", old)
        restarts += 1
        sv.ctl("status", "other", check=0)
        assert restarts < 10000
    assert restarts > 0
    time.sleep(1)  # what is promised: none left one second after
    assert zombies_below(sv.pid) == []
    assert namespace_zombies(sv) == 0
    assert len(children_of(sv.pid)) <= 4

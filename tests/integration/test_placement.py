"""Where a process may run and what it is to the kernel: CPUs, memory nodes, personality, core dumps, terminals."""
import fcntl
import os
import pathlib
import platform
import pty
import struct
import subprocess
import termios

import pytest

from harness import until

SLEEP = "[Service]\nExecStart=/bin/sleep infinity\n"


def proc(sv, unit, name):
    return pathlib.Path(f"/proc/{sv.main_pid(unit)}/{name}").read_text(encoding="ascii").strip()


@pytest.mark.parametrize("options", [[], ["--no-cgroups"]])
def test_cpus(svinit, options):
    sv = svinit({"s": SLEEP + "CPUAffinity=0\n", "two": SLEEP + "CPUAffinity=0\nCPUAffinity=1\n",
                 "reset": SLEEP + "CPUAffinity=0\nCPUAffinity=\n", "numa": SLEEP + "CPUAffinity=numa\nNUMAMask=0\n"},
                options=options)
    mine = os.sched_getaffinity(0)
    for unit, cpus in (("s", {0}), ("two", {0, 1} & mine), ("reset", mine)):
        sv.until_active(unit)
        assert os.sched_getaffinity(sv.main_pid(unit)) == cpus
    if pathlib.Path("/sys/devices/system/node/node0").exists():
        sv.until_active("numa")
        assert os.sched_getaffinity(sv.main_pid("numa"))


def test_a_step_that_fails_is_named_and_nothing_is_run(svinit):
    sv = svinit({"s": "[Service]\nExecStart=/usr/bin/touch @top@/ran\nCPUAffinity=4000\n"})
    sv.until_state("s", "failed")
    properties = sv.show("s")
    assert properties["ExecMainStatus"] == 215
    assert properties["FailureText"].startswith("cpu-affinity")
    assert not sv.file("ran").exists()


def test_coredump_filter(svinit):
    sv = svinit({"s": SLEEP + "CoredumpFilter=default private-huge\n"})
    sv.until_active("s")
    try:
        assert int(proc(sv, "s", "coredump_filter"), 16) == 0x33
    except FileNotFoundError:
        pytest.skip("this kernel makes no core dumps")


@pytest.mark.skipif(platform.machine() != "x86_64", reason="another machine's words")
def test_personality(svinit):
    sv = svinit({"s": "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'uname -m > @top@/machine'\nPersonality=x86\n"})
    until(lambda: sv.lines("machine"), "the machine's name")
    assert sv.lines("machine") == ["i686"]


def test_numa_policy(svinit):
    sv = svinit({"s": SLEEP + "NUMAPolicy=bind\nNUMAMask=0\n"})
    sv.until_active("s")
    try:
        assert "bind:0" in proc(sv, "s", "numa_maps")
    except FileNotFoundError:
        pytest.skip("this kernel knows no memory nodes")


def test_a_terminal_is_made_ready(svinit):
    master, slave = pty.openpty()
    path = os.ttyname(slave)
    subprocess.run(["stty", "-F", path, "raw", "-echo"], check=True)
    os.write(master, b"")
    sv = svinit({"s": "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'stty -a > @top@/settings; stty size > @top@/size'\n"
                      f"StandardInput=tty\nStandardOutput=tty\nTTYPath={path}\nTTYReset=yes\nTTYRows=33\nTTYColumns=99\n"
                      "TTYVTDisallocate=yes\n"})
    until(lambda: sv.lines("size"), "the size")
    assert sv.lines("size") == ["33 99"]
    settings = " ".join(sv.lines("settings")).split()
    assert "icanon" in settings and "echo" in settings and "opost" in settings
    assert b"\033[3J" in os.read(master, 4096), "the scroll-back was not cleared"
    rows, columns = struct.unpack("HHHH", fcntl.ioctl(slave, termios.TIOCGWINSZ, b"\0" * 8))[:2]
    assert (rows, columns) == (33, 99)
    os.close(master)
    os.close(slave)

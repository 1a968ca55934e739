"""What belongs to a machine's init must not happen anywhere else; make vm tests the machine itself."""
import os
import signal
import subprocess

import pytest

from harness import BUILD, may_make_pid_namespaces, until

SLEEP = "[Service]\nExecStart=/bin/sleep infinity\n"
MACHINE = BUILD / "svmachine"


def mounts_of(pid):
    with open(f"/proc/{pid}/mounts", encoding="utf-8") as file:
        return file.read()


def test_pid_1_of_a_namespace_is_no_machine(svinit):
    reason = may_make_pid_namespaces()
    if reason:
        pytest.skip(reason)
    sv = svinit({"a": SLEEP}, pid1=True, prepare="mount -t tmpfs none /run")
    sv.until_active("a")
    lines = [line for line in mounts_of(sv.pid).splitlines() if " /run/" in line or " /run " in line]
    assert len(lines) == 1, lines
    os.kill(sv.pid, signal.SIGTERM)
    until(lambda: sv.process.poll() is not None, "the end")
    assert sv.process.returncode == 0


def test_switch_root_is_for_an_initramfs(svinit):
    sv = svinit({"a": SLEEP})
    sv.until_active("a")
    result = sv.ctl("switch-root", "/tmp", check=1)
    assert "svinit is not the init of an initramfs" in result.stderr
    assert sv.show("a")["ActiveState"] == "active"


def run_step(*words):
    return subprocess.run([MACHINE, *words], capture_output=True, text=True, check=False, timeout=20)


def test_a_step_has_a_name():
    assert run_step().returncode == 2
    assert run_step("no-such-step").returncode == 2
    assert run_step("utmp", "maybe").returncode == 1
    said = run_step("--help")
    assert said.returncode == 0 and "mount-root [DIR]" in said.stdout

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


def in_namespaces(script):
    """In a mount and a network namespace of its own, the step's folders and files being the script's to make."""
    if os.geteuid() != 0 or subprocess.run(["unshare", "-mn", "true"], check=False, capture_output=True).returncode != 0:
        pytest.skip("needs root and namespaces")
    return subprocess.run(["unshare", "-mn", "sh", "-euc", script, "sh", str(MACHINE)], capture_output=True, text=True,
                          check=False, timeout=60)


NO_SETTINGS = """
for folder in /etc/sysctl.d /run/sysctl.d /usr/lib/sysctl.d /usr/local/lib/sysctl.d; do
    [ ! -d $folder ] || mount -t tmpfs none $folder
done
[ ! -e /etc/sysctl.conf ] || mount --bind /dev/null /etc/sysctl.conf
"""


def test_settings_of_sysctl_d():
    said = in_namespaces(NO_SETTINGS + """
    mkdir -p /etc/sysctl.d
    mountpoint -q /etc/sysctl.d
    printf '%s\\n' 'net.ipv4.conf.lo.forwarding=1' 'net/ipv4/conf/lo/arp_ignore = 3' '-net.ipv4.conf.all.rp_filter' \\
        'net.ipv4.conf.*.rp_filter=2' 'net.no.such.thing=1' 'nonsense' >/etc/sysctl.d/a.conf
    "$1" sysctl || echo "status $?"
    cd /proc/sys/net/ipv4/conf
    cat lo/forwarding lo/arp_ignore lo/rp_filter all/rp_filter""")
    assert said.stdout.split() == ["status", "1", "1", "3", "2", "0"], said
    assert "/etc/sysctl.d/a.conf:6: neither NAME=VALUE nor -NAME" in said.stderr
    assert "/etc/sysctl.d/a.conf:5: /proc/sys/net/no/such/thing: No such file or directory, left as it is" in said.stderr


def test_file_systems_of_fstab():
    said = in_namespaces("""
    mount -t tmpfs none /mnt
    printf '%s\\n' 'tmpfs /mnt/a/b tmpfs size=1m,x-systemd.automount 0 0' 'tmpfs /mnt/no tmpfs noauto 0 0' \\
        '/dev/none /mnt/c ext4 x-systemd.device-timeout=200ms 0 2' '/dev/none /mnt/d ext4 nofail 0 2' \\
        'server:/x /mnt/remote nfs defaults 0 0' '/mnt/a /mnt/e none bind 0 0' >/mnt/fstab
    mount --bind /mnt/fstab /etc/fstab
    "$1" mounts || echo "status $?"
    "$1" mounts || echo "status $?"
    grep -oE ' /mnt/([a-e]|no|remote)(/b)? ' /proc/mounts""")
    assert said.stdout.split() == ["status", "1", "status", "1", "/mnt/a/b", "/mnt/e"], said
    assert said.stderr.count("/etc/fstab: /mnt/c: the device /dev/none is not there") == 2


def test_the_loopback_interface():
    said = in_namespaces('"$1" loopback; cat /sys/class/net/lo/flags; mount -t sysfs none /sys; cat /sys/class/net/lo/flags')
    assert said.returncode == 0 and int(said.stdout.split()[-1], 16) & 1, said

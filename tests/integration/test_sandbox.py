"""
Each key of the sandbox against somebody who tries to break out. Every attempt is made twice: without the key, where it
has to work (or the test would prove nothing), and with it, where it has to fail.
"""
import json
import os
import subprocess

import pytest

from harness import BUILD, PROGRAMS, until

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="a sandbox for system services needs root")
B = f"{PROGRAMS}/break_out"

# (keys, attempt); the attempt is a shell script in which @top@ is the test's own folder, or a word for break_out.
ATTEMPTS = {
    "ProtectSystem": ("ProtectSystem=yes", "f=/usr/svinit-test-$$; touch $f && rm $f"),
    "ProtectSystem-full": ("ProtectSystem=full", "f=/etc/svinit-test-$$; touch $f && rm $f"),
    "ProtectSystem-strict": ("ProtectSystem=strict", "f=/var/lib/svinit-test-$$; touch $f && rm $f"),
    "ProtectSystem-remount": ("ProtectSystem=strict\nCapabilityBoundingSet=~CAP_SYS_ADMIN",
                              "unshare -m mount -o remount,bind,rw /usr || unshare -m true"),
    "ProtectHome": ("ProtectHome=yes", "ls -A /root | grep -q ."),
    "ProtectHome-read-only": ("ProtectHome=read-only", "f=/root/svinit-test-$$; touch $f && rm $f"),
    "ProtectHome-tmpfs": ("ProtectHome=tmpfs", "ls -A /root | grep -q ."),
    "PrivateTmp": ("PrivateTmp=yes", "ls /tmp/@mark@"),
    "PrivateTmp-var": ("PrivateTmp=yes", "f=/var/tmp/@mark@; touch $f; nsenter -t $PPID -m ls $f; r=$?; rm -f $f; exit $r"),
    "PrivateTmp-disconnected": ("PrivateTmp=disconnected", "ls /tmp/@mark@"),
    "PrivateDevices": ("PrivateDevices=yes", "test -e /dev/kmsg"),
    "PrivateDevices-write": ("PrivateDevices=yes", "f=/dev/svinit-test-$$; touch $f && rm $f"),
    "PrivateDevices-mknod": ("PrivateDevices=yes", "device"),
    "PrivateDevices-io": ("PrivateDevices=yes", "raw-io"),
    "PrivateNetwork": ("PrivateNetwork=yes", "test $(readlink /proc/self/ns/net) = @net@"),
    "PrivateIPC": ("PrivateIPC=yes", "test $(readlink /proc/self/ns/ipc) = @ipc@"),
    "PrivatePIDs": ("PrivatePIDs=yes", "test -d /proc/@pid@ && test $$ -ne 1"),
    "PrivateUsers": ("PrivateUsers=yes", "chown daemon @top@/mine"),
    "PrivateMounts": ("PrivateMounts=yes", "test $(readlink /proc/self/ns/mnt) = @mnt@"),
    "ProtectKernelTunables": ("ProtectKernelTunables=yes", "v=$(cat /proc/sys/vm/swappiness) && echo $v >/proc/sys/vm/swappiness"),
    "ProtectKernelTunables-sys": ("ProtectKernelTunables=yes", "f=/sys/kernel/mm/transparent_hugepage/defrag; test -w $f"),
    "ProtectKernelTunables-kallsyms": ("ProtectKernelTunables=yes", "head -c1 /proc/kallsyms | grep -q ."),
    "ProtectKernelModules": ("ProtectKernelModules=yes", "module"),
    "ProtectKernelLogs": ("ProtectKernelLogs=yes", "kernel-log"),
    "ProtectKernelLogs-device": ("ProtectKernelLogs=yes", "exec 3</dev/kmsg"),
    "ProtectControlGroups": ("ProtectControlGroups=yes", "d=$(echo /sys/fs/cgroup/*/svinit-test-); d=/sys/fs/cgroup/unified; test -d $d || d=/sys/fs/cgroup; d=$d/svinit-test-$$; mkdir $d && rmdir $d"),
    "ProtectClock": ("ProtectClock=yes", "clock"),
    "ProtectHostname": ("ProtectHostname=yes", "hostname"),
    "ProtectProc": ("ProtectProc=invisible\nUser=daemon", "test -d /proc/@pid@"),
    "ProcSubset": ("ProcSubset=pid", "test -e /proc/meminfo"),
    "ReadOnlyPaths": ("ReadOnlyPaths=@top@", "touch @top@/new"),
    "ReadOnlyDirectories": ("ReadOnlyDirectories=@top@", "touch @top@/new"),
    "ReadOnlyPaths-below": ("ReadOnlyPaths=@top@\nReadWritePaths=@top@/mine.d", "touch @top@/mine.d/x && touch @top@/new"),
    "InaccessiblePaths": ("InaccessiblePaths=@top@/mine.d", "ls @top@/mine.d/below"),
    "InaccessiblePaths-file": ("InaccessiblePaths=@top@/mine", "cat @top@/mine"),
    "InaccessibleDirectories": ("InaccessibleDirectories=-@top@/mine.d -/nowhere", "ls @top@/mine.d/below"),
    "NoExecPaths": ("NoExecPaths=@top@", "@top@/program"),
    "NoExecPaths-root": ("NoExecPaths=/\nExecPaths=/bin /usr /lib /lib64", "@top@/program"),
    "TemporaryFileSystem": ("TemporaryFileSystem=@top@/mine.d", "ls @top@/mine.d/below"),
    "BindReadOnlyPaths": ("BindReadOnlyPaths=@top@/mine.d:@top@/other", "touch @top@/other/x"),
    "MountFlags": ("MountFlags=private", "test $(readlink /proc/self/ns/mnt) = @mnt@"),
    "RootDirectory": ("RootDirectory=@top@/root\nBindReadOnlyPaths=/usr /bin /lib -/lib64\nMountAPIVFS=yes", "ls @top@/mine.d"),
    "RestrictNamespaces": ("RestrictNamespaces=yes", "new-mounts"),
    "RestrictNamespaces-some": ("RestrictNamespaces=~net", "new-network"),
    "RestrictNamespaces-clone": ("RestrictNamespaces=yes", "child-with-namespace"),
    "RestrictNamespaces-setns": ("RestrictNamespaces=yes", "enter-namespace"),
    "RestrictAddressFamilies": ("RestrictAddressFamilies=AF_UNIX", "inet"),
    "RestrictAddressFamilies-none": ("RestrictAddressFamilies=none", "local"),
    "RestrictAddressFamilies-deny": ("RestrictAddressFamilies=~AF_NETLINK", "netlink"),
    "RestrictAddressFamilies-child": ("RestrictAddressFamilies=AF_UNIX", "by-child"),
    "RestrictRealtime": ("RestrictRealtime=yes", "real-time"),
    "RestrictRealtime-bits": ("RestrictRealtime=yes", "real-time-by-high-bits"),
    "RestrictSUIDSGID": ("RestrictSUIDSGID=yes", "chmod-suid"),
    "RestrictSUIDSGID-open": ("RestrictSUIDSGID=yes", "open-suid"),
    "LockPersonality": ("LockPersonality=yes", "personality"),
    "MemoryDenyWriteExecute": ("MemoryDenyWriteExecute=yes", "map-write-execute"),
    "MemoryDenyWriteExecute-mprotect": ("MemoryDenyWriteExecute=yes", "make-executable"),
    "MemoryDenyWriteExecute-shmat": ("MemoryDenyWriteExecute=yes", "attach-executable"),
    "SystemCallFilter": ("SystemCallFilter=~@clock", "clock"),
    "SystemCallFilter-group": ("SystemCallFilter=@system-service", "new-mounts-by-mount"),
    "SystemCallFilter-one": ("SystemCallFilter=~getcwd:EACCES", "directory"),
    "SystemCallFilter-list": ("SystemCallFilter=@system-service\nSystemCallFilter=~getcwd\nSystemCallErrorNumber=EPERM", "directory"),
    "SystemCallArchitectures": ("SystemCallArchitectures=native", "old-interface"),
    "CapabilityBoundingSet": ("CapabilityBoundingSet=~CAP_SYS_NICE", "real-time"),
    "NoNewPrivileges": ("NoNewPrivileges=yes", "grep -q 'NoNewPrivs:.0' /proc/self/status"),
    "KeyringMode": ("KeyringMode=private", f"test $({B} session-keyring) = @session@"),
}
CGROUPS = {
    "DevicePolicy": ("DevicePolicy=closed", "exec 3</dev/kmsg"),
    "DevicePolicy-strict": ("DevicePolicy=strict\nDeviceAllow=/dev/null rw", "exec 3</dev/zero"),
    "DeviceAllow": ("DeviceAllow=/dev/kmsg w", "exec 3</dev/kmsg"),
    "DeviceAllow-driver": ("DeviceAllow=char-mem", "exec 3</dev/loop-control"),
    "DevicePolicy-mknod": ("DevicePolicy=strict\nDeviceAllow=/dev/null r", "device"),
    "IPAddressDeny": ("IPAddressDeny=127.0.0.0/8", "@ping@ 127.0.0.1"),
    "IPAddressDeny-any": ("IPAddressDeny=any\nIPAddressAllow=127.0.0.2", "@ping@ 127.0.0.1"),
    "IPAddressDeny-6": ("IPAddressDeny=::1/128", "@ping@ ::1"),
}
ATTEMPTS.update(CGROUPS)
ATTEMPTS["SystemCallFilter-group"] = ("SystemCallFilter=@system-service\nSystemCallErrorNumber=EPERM",
                                      "mount -t tmpfs none @top@/mine.d; r=$?; umount @top@/mine.d; exit $r")


def own(namespace):
    return os.readlink(f"/proc/self/ns/{namespace}")


def command_of(attempt):
    if " " not in attempt and "/" not in attempt:
        return f"ExecStart={B} {attempt}"
    return "ExecStart=/bin/sh -c '" + attempt.replace("%", "%%").replace("$", "$$").replace("'", "\\'") + "'"


PING = """import socket, sys
address = sys.argv[1]
family = socket.AF_INET6 if ":" in address else socket.AF_INET
receiver, sender = socket.socket(family, socket.SOCK_DGRAM), socket.socket(family, socket.SOCK_DGRAM)
receiver.bind((address, 0))
receiver.settimeout(1)
sender.sendto(b"x", receiver.getsockname())
receiver.recv(1)
"""


def may_have_cgroup_programs():
    """Whether the units of a test have cgroups, without which these keys are named as not enforced."""
    return any(os.access(f"{top}/cgroup.procs", os.W_OK) for top in ("/sys/fs/cgroup", "/sys/fs/cgroup/unified"))


@pytest.fixture
def place(svinit):
    """Things to find and to spoil."""
    sv = svinit()  # units are written later: those that are there start at once
    sv.file("mine").write_text("mine\n")
    sv.file("mine.d").mkdir()
    sv.file("mine.d/below").write_text("below\n")
    sv.file("other").mkdir()
    sv.file("root").mkdir()
    for name in ("usr", "bin", "lib", "lib64", "proc", "sys", "dev", "run"):
        (sv.file("root") / name).mkdir()
    sv.file("program").write_text("#!/bin/sh\nexit 0\n")
    sv.file("program").chmod(0o755)
    sv.file("ping.py").write_text(PING)
    mark = f"svinit-mark-{os.getpid()}"
    open(f"/tmp/{mark}", "w", encoding="ascii").close()
    sv.words = {"@mark@": mark, "@pid@": str(os.getpid()), "@session@": session_keyring(),
                "@ping@": f"/usr/bin/python3 {sv.file('ping.py')}",
                **{f"@{name}@": own(name) for name in ("net", "ipc", "mnt")}}
    yield sv
    sv.stop()  # in order: directories behind PrivateTmp= go with the units
    os.unlink(f"/tmp/{mark}")


def session_keyring():
    return subprocess.run([B, "session-keyring"], capture_output=True, text=True, check=False).stdout.strip()


def unit(sv, attempt, keys=""):
    text = f"[Service]\nType=oneshot\n{command_of(attempt)}\n{keys}\n"
    for word, value in sv.words.items():
        text = text.replace(word, value)
    return text


@pytest.mark.parametrize("name", ATTEMPTS)
def test_nobody_breaks_out(place, name):
    if "sanitize" in BUILD.name and name == "SystemCallFilter-list":
        pytest.skip("the leak sanitizer traces the program at its end, which the filter forbids")
    keys, attempt = ATTEMPTS[name]
    if name in CGROUPS and not may_have_cgroup_programs():
        pytest.skip("no writable cgroup v2 tree")
    user = "".join(f"{line}\n" for line in keys.splitlines() if line.startswith("User="))
    place.write("free", unit(place, attempt, user))
    place.write("held", unit(place, attempt, keys))
    free = place.ctl("start", "free")
    if place.show("free")["ExecMainStatus"] == 2 and "/" not in attempt:
        pytest.skip("this machine has no such thing")
    assert free.returncode == 0, f"the attempt has to work without the key: {free.stderr}"
    held = place.ctl("start", "held")
    shown = place.show("held")
    assert not shown["NotEnforced"], shown["NotEnforced"]
    assert held.returncode != 0, "it broke out"
    assert shown["Result"] in ("exit-code", "signal", "core-dump")
    assert shown["ExecMainStatus"] < 200 or shown["Result"] != "exit-code", held.stderr


# What holds around the keys.

def oneshot(command, keys=""):
    return f"[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh -c '{command}'\n{keys}\n"


def test_what_stays_writable(place):
    place.write("w", oneshot("touch @top@/mine.d/x; readlink -f /var/run >@top@/mine.d/run; echo $$STATE_DIRECTORY; "
                             "touch $$STATE_DIRECTORY/x $$RUNTIME_DIRECTORY/x || exit 9; ! touch @top@/y",
                             "ProtectSystem=strict\nReadWritePaths=@top@/mine.d -/nowhere/at/all\nNoExecPaths=/srv\n"
                             "StateDirectory=svinit-test-state\nRuntimeDirectory=svinit-test-run"))
    place.ctl("start", "w", check=0)
    assert place.file("mine.d/x").exists() and not place.file("y").exists()
    place.ctl("stop", "w", check=0)
    subprocess.run(["rm", "-rf", "/var/lib/svinit-test-state"], check=True)


@pytest.mark.parametrize("key", ["ReadWritePaths", "ReadOnlyPaths", "InaccessiblePaths", "BindPaths"])
def test_a_missing_path_is_named(place, key):
    place.write("m", oneshot("true", f"{key}=/nowhere/at/all"))
    result = place.ctl("start", "m")
    assert result.returncode != 0
    assert f"namespace: {key}=/nowhere/at/all: No such file or directory" in result.stderr
    assert place.show("m")["ExecMainStatus"] == 226
    place.write("n", oneshot("true", f"{key}=-/nowhere/at/all"))
    place.ctl("start", "n", check=0)


def test_a_program_that_cannot_be_executed_is_named(place):
    place.write("p", "[Service]\nType=exec\nExecStart=/no/such/program\nPrivateTmp=yes\nSystemCallFilter=@basic-io\n")
    result = place.ctl("start", "p")
    assert result.returncode != 0 and "exec: /no/such/program: No such file" in result.stderr
    assert place.show("p")["ExecMainStatus"] == 203


def test_the_program_is_all_that_a_narrow_filter_holds(place):
    """What svexec itself still has to do is done before."""
    place.write("f", oneshot("true", "UMask=027\nSystemCallFilter=@basic-io @file-system @signal @process"))
    place.ctl("start", "f", check=0)


def test_commands_of_a_unit_share_tmp_and_network(place):
    place.write("s", "[Service]\nType=oneshot\nRemainAfterExit=yes\nPrivateTmp=yes\nPrivateNetwork=yes\nPrivateIPC=yes\n"
                     "ExecStartPre=/bin/sh -c 'touch /tmp/here /var/tmp/there; readlink /proc/self/ns/net /proc/self/ns/ipc >/tmp/ns'\n"
                     "ExecStart=/bin/sh -c 'ls /tmp/here /var/tmp/there && readlink /proc/self/ns/net /proc/self/ns/ipc | cmp - /tmp/ns && "
                     "ip link show lo | grep -q LOOPBACK,UP'\n")
    place.write("j", "[Unit]\nJoinsNamespaceOf=s.service\n" + oneshot(
        "ls /tmp/here && readlink /proc/self/ns/net /proc/self/ns/ipc | cmp - /tmp/ns",
        "PrivateTmp=yes\nPrivateNetwork=yes\nPrivateIPC=yes"))
    place.write("o", oneshot("! ls /tmp/here", "PrivateTmp=yes"))
    old = private_directories("s.service")
    for name in "sjo":
        place.ctl("start", name, check=0)
    assert len(private_directories("s.service")) == len(old) + 2
    place.ctl("stop", "s", check=0)
    assert len(private_directories("s.service")) == len(old) + 2, "the other unit still uses it"
    place.ctl("stop", "j", check=0)
    until(lambda: private_directories("s.service") == old, "the private directories to go")


def private_directories(unit):
    return [name for top in ("/tmp", "/var/tmp") for name in os.listdir(top)
            if name.startswith("svinit-private-") and name.endswith(f"-{unit}")]


def test_full_privileges_are_without_a_sandbox(place):
    place.write("f", "[Service]\nType=oneshot\nExecStart=+/bin/sh -c 'touch @top@/privileged'\nReadOnlyPaths=@top@\n")
    place.ctl("start", "f", check=0)
    assert place.file("privileged").exists()


def test_binds_and_temporary_file_systems(place):
    place.write("b", oneshot("cat @top@/other/below && touch @top@/mine.d/from-inside && echo x >/new/place/file && "
                             "test $(stat -f -c %%T /new) = tmpfs && ! touch /new/y && test -d /new/tree/below.d",
                             "BindReadOnlyPaths=@top@/mine.d:@top@/other\nTemporaryFileSystem=/new:ro,mode=755\n"
                             "BindPaths=@top@/other:/new/place @top@/mine.d:/new/tree/below.d"))
    place.file("new").mkdir()
    try:
        place.ctl("start", "b", check=0)
    finally:
        os.rmdir("/new")
    assert place.file("other/file").read_text() == "x\n"


def test_root_directory(place):
    place.write("r", "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'test ! -e /etc/passwd && test -d /proc/1 && test -c /dev/null && test -w /run'\n"
                     "RootDirectory=@top@/root\nBindReadOnlyPaths=/usr /bin /lib -/lib64\n")
    place.ctl("start", "r", check=0)


def test_notification_from_a_sandbox(place):
    place.write("n", f"[Service]\nType=notify\nExecStart={PROGRAMS}/notifying send:READY=1 sleep:100000\nProtectSystem=strict\nPrivateNetwork=yes\n"
                     "ProtectHome=yes\nSystemCallFilter=@system-service\n")
    place.ctl("start", "n", check=0)
    assert place.show("n")["MainPID"]


def test_a_stop_while_the_sandbox_is_made(place):
    """svexec waits for a credential that does not come."""
    os.mkfifo(place.file("fifo"))
    place.write("l", "[Service]\nType=exec\nExecStart=/bin/sleep 1000\nLoadCredential=x:@top@/fifo\n")
    place.ctl("--no-block", "start", "l", check=0)
    until(lambda: place.state("l")[0] == "activating", "the start")
    place.ctl("kill", "--signal=KILL", "l")
    until(lambda: place.state("l")[0] == "failed", "the failure")
    assert "svexec was ended by SIGKILL" in place.ctl("status", "l").stdout


def test_users_that_only_name_services_know_are_looked_for(place):
    place.write("u", oneshot("true", "User=nobody-has-this-name"))
    result = place.ctl("start", "u")
    assert "nobody-has-this-name" in result.stderr and place.show("u")["ExecMainStatus"] == 217


def test_what_is_allowed_can_be_done(place):
    place.write("a", unit(place, "head -c1 /dev/zero >/dev/null && exec 3>/dev/kmsg",
                          "DevicePolicy=closed\nDeviceAllow=/dev/kmsg w"))
    place.write("b", unit(place, "@ping@ 127.0.0.2", "IPAddressDeny=any\nIPAddressAllow=localhost"))
    place.write("c", unit(place, f"{B} local && {B} directory",
                          "RestrictAddressFamilies=AF_UNIX\nSystemCallFilter=~@clock @mount"))
    place.write("d", unit(place, f"{B} child-with-namespace && ! {B} new-network", "RestrictNamespaces=uts"))
    for name in "abcd":
        place.ctl("start", name, check=0)


def test_security_tells_what_holds(place):
    place.write("s", oneshot("true", "ProtectSystem=strict\nPrivateTmp=yes\nAppArmorProfile=no-such\nRestrictFileSystems=ext4"))
    place.write("t", oneshot("true"))
    for name in "st":
        place.ctl("start", name, check=0)
    answer = json.loads(place.ctl("--json", "security", "s", check=0).stdout)
    keys = {key["Key"]: key for key in answer["units"][0]["Keys"]}
    assert keys["ProtectSystem"]["Value"] == "strict" and keys["ProtectSystem"]["Holds"]
    assert keys["PrivateTmp"]["Holds"] and not keys["RestrictFileSystems"]["Holds"]
    if not os.path.exists("/sys/kernel/security/apparmor"):
        assert "does not use this security module" in keys["AppArmorProfile"]["Why"]
        assert "AppArmorProfile=: the kernel does not use this security module" in place.ctl("status", "s").stdout
    text = place.ctl("security", "s", check=0).stdout
    assert "cannot write to the system's files" in text
    assert "Nothing keeps it" in place.ctl("security", "t", check=0).stdout
    lines = {line.split()[0]: line for line in place.ctl("security", check=0).stdout.splitlines()}
    assert "RestrictFileSystems" in lines["s.service"] and "0 of 0" in lines["t.service"]


def test_a_sandbox_that_is_required_and_does_not_hold(place):
    if os.path.exists("/sys/kernel/security/apparmor"):
        pytest.skip("AppArmor is here")
    place.write("r", oneshot("true", "AppArmorProfile=no-such\n[X-Svinit]\nSandboxRequired=yes"))
    result = place.ctl("start", "r")
    assert result.returncode != 0
    assert "SandboxRequired=yes, but AppArmorProfile= does not hold: the kernel does not use" in result.stderr


def test_credentials(place):
    place.file("secret").write_text("hush")
    place.file("secrets").mkdir()
    place.file("secrets/one").write_text("1")
    place.write("c", "[Service]\nType=oneshot\nRemainAfterExit=yes\nUser=daemon\n"
                     "LoadCredential=token:@top@/secret\nLoadCredential=all:@top@/secrets\nSetCredential=plain:a\\nb\n"
                     "SetCredential=token:not this\nSetCredential=missing:instead\nLoadCredential=missing:/no/such\n"
                     "ExecStart=/bin/sh -ec 'cd $$CREDENTIALS_DIRECTORY; test \"$$PWD\" = %d; cat token all_one plain missing; echo; "
                     "test \"$$(stat -c %%a%%U token)\" = 400daemon; ! touch new; ! sh -c \"echo x >token\"'\n")
    place.ctl("start", "c", check=0)
    until(lambda: any("hush1a" in line for line in place.log_lines("c")), "the secrets")
    assert any("binstead" in line for line in place.log_lines("c"))
    assert not os.path.exists("/run/credentials/c.service/token"), "nobody else sees them"
    place.ctl("stop", "c", check=0)
    until(lambda: not os.path.exists("/run/credentials/c.service"), "the directory to go")
    place.write("m", oneshot("true", "LoadCredential=x:/no/such/file"))
    result = place.ctl("start", "m")
    assert "credentials: credential x:/no/such/file: No such file" in result.stderr
    assert place.show("m")["ExecMainStatus"] == 243


def test_made_up_users(place):
    state = f"svinit-test-{os.getpid()}"
    text = oneshot(f"id -u; test $$(id -un 2>/dev/null || echo none) = none; touch $$STATE_DIRECTORY/x /tmp/y; "
                   "! touch /var/lib/svinit-z; ! ls /var/lib/private/*/no; test $$(stat -c %%u $$STATE_DIRECTORY/x) = $$(id -u)",
                   f"DynamicUser=yes\nStateDirectory={state}\n")
    place.write("one", text)
    place.write("two", text.replace(state, state + "b"))
    try:
        for name in ("one", "two"):
            place.ctl("start", name, check=0)
        assert os.readlink(f"/var/lib/{state}") == f"private/{state}"
        owner = os.stat(f"/var/lib/private/{state}/x").st_uid
        assert 61184 <= owner <= 65519 and owner != os.stat(f"/var/lib/private/{state}b/x").st_uid
        assert os.stat("/var/lib/private").st_mode & 0o777 == 0o700
        assert os.path.exists(f"/run/svinit/dynamic-uid/{owner}")
        place.ctl("stop", "one", check=0)
        until(lambda: not os.path.exists(f"/run/svinit/dynamic-uid/{owner}"), "the number to be free")
        os.chown(f"/var/lib/private/{state}/x", 12345, 12345)
        os.chown(f"/var/lib/private/{state}", 12345, 12345)
        place.ctl("start", "one", check=0)
        assert os.stat(f"/var/lib/private/{state}/x").st_uid == os.stat(f"/var/lib/private/{state}").st_uid != 12345
    finally:
        subprocess.run(f"rm -rf /var/lib/private/{state} /var/lib/private/{state}b /var/lib/{state} /var/lib/{state}b",
                       shell=True, check=True)


def test_ipc_objects_go_with_the_service(place):
    daemon = subprocess.run(["id", "-u", "daemon"], capture_output=True, text=True, check=True).stdout.strip()

    def left():
        with open("/proc/sysvipc/shm", encoding="ascii") as file:
            return [line for line in file if line.split()[7] == daemon and line.split()[3] == "4711"]
    shared = f"/dev/shm/svinit-test-{os.getpid()}"
    place.write("i", oneshot(f"ipcmk -M 4711; touch {shared}", "User=daemon\nRemoveIPC=yes"))
    place.ctl("start", "i", check=0)
    assert left() and os.path.exists(shared)
    place.ctl("stop", "i", check=0)
    until(lambda: not left() and not os.path.exists(shared), "the objects to go")


def started_as(svinit, prefix, environment=None):
    """An svinit behind another command, with a folder of things to find."""
    sv = svinit(start=False, environment=environment)
    plain = sv.command
    sv.command = lambda: [*prefix, *plain()]
    sv.file("mine.d").mkdir()
    sv.file("mine.d/below").write_text("below\n")
    return sv


EVERYTHING = """PrivateTmp=yes
ProtectSystem=strict
ReadWritePaths=/var/tmp
ProtectHome=yes
PrivateDevices=yes
ProtectKernelTunables=yes
InaccessiblePaths=/etc/passwd
BindReadOnlyPaths=/usr/share:/srv
"""
LOOK = ("! touch /usr/x || exit 1; ! ls -A /root /home 2>/dev/null | grep -v : | grep -q . || exit 2; ! test -e /dev/kmsg || exit 3; ! cat /etc/passwd || exit 4; "
        "test -d /srv/doc || exit 5; ! touch /srv/x || exit 6; touch /tmp/y /var/tmp/y || exit 7; "
        "! sh -c \"echo 1 >/proc/sys/vm/swappiness\" || exit 8; echo x >/dev/null || exit 9")


def test_kernels_without_the_newer_mount_calls(svinit):
    sv = started_as(svinit, [f"{PROGRAMS}/old_kernel"])
    sv.start()
    sv.write("o", oneshot(LOOK, EVERYTHING))
    sv.ctl("start", "o", check=0)
    assert not sv.show("o")["NotEnforced"]
    sv.write("n", oneshot("! ls @top@/mine.d/below && exec 3</dev/null", "InaccessiblePaths=@top@/mine.d\nPrivateMounts=yes"))
    sv.ctl("start", "n", check=0)
    sv.stop()


def test_as_an_ordinary_user(svinit):
    sv = started_as(svinit, ["setpriv", "--reuid", "daemon", "--regid", "daemon", "--clear-groups"])
    sv.environment = {**os.environ, "XDG_RUNTIME_DIR": str(sv.top), "HOME": str(sv.top)}
    subprocess.run(["chown", "-R", "daemon:", str(sv.top)], check=True)
    if subprocess.run(["setpriv", "--reuid", "daemon", "--clear-groups", "--regid", "daemon", "unshare", "-Ur", "true"],
                      capture_output=True, check=False).returncode:
        pytest.skip("no user namespaces for ordinary users")
    sv.start()
    sv.write("u", oneshot(LOOK + "; test $$(cat $$CREDENTIALS_DIRECTORY/k) = v && test $$(id -u) = $$(stat -c %%u /tmp/y)",
                          EVERYTHING + "SetCredential=k:v\nSystemCallFilter=@system-service\nPrivateNetwork=yes\n"))
    sv.ctl("start", "u", check=0)
    assert not sv.show("u")["NotEnforced"]
    sv.stop()

#!/usr/bin/python3
"""
The tests that run inside the machine, as its service vm-tests. What they find goes to the second serial port, a line
each: "ok", "FAIL" or "skip", the name, and why; tests/vm/run reads it there.
"""
import contextlib
import importlib.machinery
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time
import traceback
import urllib.request

STATE = pathlib.Path("/var/lib/vm-tests")
DEADLINE = 60
tests = []


class Skip(Exception):
    """What the test needs is not there."""


def test(function):
    tests.append(function)
    return function


def until(condition, what, seconds=DEADLINE):
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(0.05)


def run(*command, check=True, **options):
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=DEADLINE, **options)
    assert not check or result.returncode == 0, f"{' '.join(command)}: {result.returncode}: {result.stderr or result.stdout}"
    return result


def show(unit):
    return json.loads(run("svctl", "--json", "show", unit).stdout)


def properties(unit):
    value = show(unit)
    while isinstance(value, (list, dict)) and "Id" not in value:
        value = value[0] if isinstance(value, list) else next(v for v in value.values() if isinstance(v, (list, dict)))
    return value


def mounts():
    lines = pathlib.Path("/proc/self/mounts").read_text(encoding="ascii").splitlines()
    return {fields[1]: (fields[0], fields[2], fields[3].split(",")) for fields in map(str.split, lines)}


@contextlib.contextmanager
def unit(name, text):
    path = pathlib.Path("/run/systemd/system") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    run("svctl", "daemon-reload")
    try:
        yield name
    finally:
        run("svctl", "stop", name, check=False)
        path.unlink()
        run("svctl", "daemon-reload", check=False)


def cgroup_of(pid):
    lines = pathlib.Path(f"/proc/{pid}/cgroup").read_text(encoding="ascii").splitlines()
    return pathlib.Path("/sys/fs/cgroup" + next(line[3:] for line in lines if line.startswith("0::")))


# ---- the way up ----

@test
def svinit_is_pid_1():
    assert os.readlink("/proc/1/exe").endswith("/svinit")
    assert pathlib.Path("/proc/1/comm").read_text(encoding="ascii").strip() in ("init", "svinit")


@test
def the_kernels_file_systems_are_mounted():
    expected = {"/proc": "proc", "/sys": "sysfs", "/dev": "devtmpfs", "/dev/pts": "devpts", "/dev/shm": "tmpfs",
                "/run": "tmpfs", "/dev/mqueue": "mqueue", "/sys/fs/cgroup": "cgroup2", "/sys/kernel/security": "securityfs"}
    there = mounts()
    for path, kind in expected.items():
        assert path in there, f"{path} is not mounted"
        assert there[path][1] == kind, f"{path}: {there[path]}"
    assert "nosuid" in there["/proc"][2] and "noexec" in there["/proc"][2] and "nosuid" in there["/run"][2]
    assert os.stat("/dev/shm").st_mode & 0o7777 == 0o1777
    assert os.readlink("/dev/fd") == "/proc/self/fd"


@test
def the_root_is_writable_and_not_the_initramfs():
    assert mounts()["/"][1] == "ext4" and "rw" in mounts()["/"][2], mounts()["/"]
    assert not os.path.exists("/etc/initrd-release")


@test
def the_initramfs_is_gone():
    """Its files were removed: the kernel's rootfs, which stays below everything, holds no megabytes any more."""
    text = pathlib.Path("/proc/meminfo").read_text(encoding="ascii")
    shared = int(re.search(r"^Shmem:\s+(\d+) kB", text, re.M).group(1))
    assert shared < 4096, f"{shared} kB of memory in tmpfs"


@test
def the_cgroup_tree_is_pure_v2():
    controllers = pathlib.Path("/sys/fs/cgroup/cgroup.controllers").read_text(encoding="ascii").split()
    assert {"cpu", "memory", "pids", "io"} <= set(controllers), controllers
    assert "nsdelegate" in mounts()["/sys/fs/cgroup"][2]
    assert not any(kind == "cgroup" for _, kind, _ in mounts().values())


@test
def the_host_has_its_name():
    assert socket.gethostname() == "vm"


@test
def the_loopback_interface_is_up():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
        socket.create_connection(server.getsockname()[:2], timeout=5).close()


@test
def sysctl_settings_are_made():
    assert pathlib.Path("/proc/sys/net/ipv4/ip_forward").read_text(encoding="ascii").strip() == "1"
    # The later file wins, and a namesake in /etc hides the one in /usr/lib.
    assert pathlib.Path("/proc/sys/kernel/pid_max").read_text(encoding="ascii").strip() == "54321"
    assert pathlib.Path("/proc/sys/vm/swappiness").read_text(encoding="ascii").strip() != "11"


@test
def modules_are_loaded():
    assert os.path.isdir("/sys/module/loop")


@test
def fstab_is_mounted():
    there = mounts()
    assert there["/srv/data"][1] == "ext4" and "noatime" in there["/srv/data"][2], there.get("/srv/data")
    assert there["/srv/small"][1] == "tmpfs" and "size=1024k" in there["/srv/small"][2]
    assert "/srv/later" not in there, "noauto is mounted"
    assert "/srv/missing" not in there


@test
def swap_is_in_use():
    assert "/dev/vdc" in pathlib.Path("/proc/swaps").read_text(encoding="ascii")


@test
def temporary_files_are_made():
    status = os.stat("/run/vm-tests-made")
    assert status.st_mode & 0o7777 == 0o2751 and status.st_gid == 4, oct(status.st_mode)
    assert os.stat("/tmp").st_mode & 0o7777 == 0o1777
    assert not os.path.exists("/tmp/left-over"), "D /tmp did not empty it"


@test
def the_boot_is_recorded():
    assert "system boot" in run("who", "-b").stdout
    assert os.stat("/run/utmp").st_gid == 43


@test
def the_random_seed_is_kept():
    path = pathlib.Path("/var/lib/systemd/random-seed")
    assert path.stat().st_size == 512 and path.stat().st_mode & 0o777 == 0o600
    before, now = STATE / "seed", path.read_bytes().hex()
    assert not before.exists() or before.read_text(encoding="ascii") != now
    before.write_text(now, encoding="ascii")


@test
def the_machine_has_an_id():
    assert re.fullmatch("[0-9a-f]{32}\n", pathlib.Path("/etc/machine-id").read_text(encoding="ascii"))


@test
def ctrl_alt_del_is_ours():
    assert pathlib.Path("/proc/sys/kernel/ctrl-alt-del").read_text(encoding="ascii").strip() == "0"


@test
def nothing_has_failed():
    failed = run("svctl", "--no-pager", "list-units", "--failed", "--no-legend", check=False).stdout.strip()
    failed = "\n".join(line for line in failed.splitlines() if "0 units" not in line)
    assert not failed, failed


@test
def svinit_never_wrote_an_error():
    said = run("dmesg").stdout
    bad = [line for line in said.splitlines() if "svinit:" in line and "cannot" in line]
    assert not bad, "\n".join(bad)


# ---- an upgrade ----

def begun():
    return run("dmesg").stdout.count("is PID 1")


def main_pids():
    return [properties(name)["MainPID"] for name in ("ssh", "cron", "rsyslog", "nginx")]


@test
def pid_1_executes_itself_anew():
    before, times = main_pids(), begun()
    run("svctl", "daemon-reexec")
    until(lambda: begun() == times + 1, "svinit's next life", 20)
    os.kill(1, signal.SIGTERM)
    until(lambda: begun() == times + 2, "the one behind it", 20)
    assert main_pids() == before
    assert all(before), before


# ---- Debian's services ----

def is_active(name):
    return run("svctl", "is-active", name, check=False).stdout.strip() == "active"


@test
def ssh_answers():
    until(lambda: is_active("ssh"), "ssh.service")
    command = ["ssh", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-i", str(STATE / "key"), "localhost",
               "id", "-un"]
    assert run(*command).stdout.strip() == "root"


@test
def nginx_answers():
    until(lambda: is_active("nginx"), "nginx.service")
    with urllib.request.urlopen("http://localhost/", timeout=20) as answer:
        assert b"nginx" in answer.read()


@test
def rsyslog_writes_what_is_logged():
    until(lambda: is_active("rsyslog"), "rsyslog.service")
    word = f"word-{os.getpid()}-{time.monotonic_ns()}"
    run("logger", "-p", "user.notice", word)
    path = pathlib.Path("/var/log/syslog")
    until(lambda: path.exists() and word in path.read_text(encoding="utf-8", errors="replace"), "the line in syslog")


@test
def cron_runs_its_table():
    until(lambda: is_active("cron"), "cron.service")
    until((STATE / "cron").exists, "cron's job", 75)


# ---- controllers ----

@test
def a_service_has_a_cgroup_of_its_own():
    with unit("vm-own.service", "[Service]\nExecStart=sleep infinity\n") as name:
        run("svctl", "start", name)
        pid = properties(name)["MainPID"]
        assert cgroup_of(pid) not in (cgroup_of(1), cgroup_of("self"))
        assert pathlib.Path(cgroup_of(pid) / "cgroup.procs").read_text(encoding="ascii").split() == [str(pid)]


def needs_controller(name, pid):
    """Of a unit that runs."""
    if name not in (cgroup_of(pid) / "cgroup.controllers").read_text(encoding="ascii").split():
        raise Skip(f"units have no {name} controller")


@test
def memory_has_a_limit_and_the_kill_is_named():
    text = "[Service]\nMemoryMax=32M\nMemorySwapMax=0\nExecStart=python3 -c 'x = bytearray(200 << 20)'\n"
    needs_controller("memory", properties("cron")["MainPID"])
    with unit("vm-memory.service", text) as name:
        run("svctl", "start", name, check=False)
        until(lambda: properties(name)["ActiveState"] == "failed", "the kill", 20)
        assert properties(name)["Result"] == "oom-kill", properties(name)["Result"]


def program(name, text):
    """A program of a test's own; returns its path."""
    path = STATE / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    return path


@test
def tasks_have_a_limit():
    needs_controller("pids", properties("cron")["MainPID"])
    path = program("tasks", "import os, time\nfor i in range(50):\n    os.fork() or time.sleep(1000)\n")
    with unit("vm-tasks.service", f"[Service]\nTasksMax=7\nExecStart=python3 {path}\n") as name:
        run("svctl", "start", name, check=False)
        until(lambda: properties(name)["ActiveState"] == "failed", "a fork that fails", 20)
        logged = run("svctl", "--no-pager", "logs", "-u", name, check=False).stdout
        assert "Resource temporarily unavailable" in logged, logged


@test
def freeze_stops_every_process():
    with unit("vm-freeze.service", "[Service]\nExecStart=sh -c 'while :; do :; done'\n") as name:
        run("svctl", "start", name)
        if run("svctl", "freeze", name, check=False).returncode != 0:
            raise Skip("svctl has no freeze")
        group = cgroup_of(properties(name)["MainPID"])
        until(lambda: "frozen 1" in (group / "cgroup.events").read_text(encoding="ascii"), "frozen processes", 10)
        run("svctl", "thaw", name)
        until(lambda: "frozen 0" in (group / "cgroup.events").read_text(encoding="ascii"), "thawed processes", 10)


def processes_of(path):
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if str(path).encode() in (folder / "cmdline").read_bytes():
                found.append(folder)
    return found


@test
def nothing_escapes_its_unit():
    path = program("escape", "import os, time\nfor i in range(3):\n    if os.fork():\n        os._exit(0)\n    os.setsid()\n"
                   "time.sleep(1000)\n")
    with unit("vm-escape.service", f"[Service]\nType=forking\nGuessMainPID=no\nExecStart=python3 {path}\n") as name:
        run("svctl", "start", name)
        until(lambda: processes_of(path), "the process")
        run("svctl", "stop", name)
        assert not processes_of(path)


# ---- the way down: made here, looked at behind the reboot ----

LOOP_IMAGE = pathlib.Path("/srv/data/loop.image")


@test
def a_file_system_in_a_file_is_mounted():
    """Two layers that only come down from above: what holds the file cannot be unmounted before what is in it."""
    with open(LOOP_IMAGE, "wb") as file:
        file.truncate(8 << 20)
    run("mke2fs", "-q", "-t", "ext4", str(LOOP_IMAGE))
    os.makedirs("/srv/loop", exist_ok=True)
    run("mount", "-o", "loop", str(LOOP_IMAGE), "/srv/loop")
    pathlib.Path("/srv/loop/written").write_text("kept", encoding="ascii")


def the_file_system_in_a_file_was_unmounted():
    header = run("dumpe2fs", "-h", str(LOOP_IMAGE)).stdout
    assert "needs_recovery" not in header and re.search(r"^Filesystem state:\s+clean$", header, re.M), header


# ---- the project's own tests, as far as they need what only a machine has ----

def write(report, word, name, why=""):
    why = " ".join(why.split())[-400:]
    os.write(report, f"{word}\t{name}\t{why}\n".encode())


def run_one(report, function):
    began = time.monotonic()
    try:
        function()
        write(report, "ok", function.__name__, f"{time.monotonic() - began:.1f} s")
    except Skip as why:
        write(report, "skip", function.__name__, str(why))
    except Exception as error:  # pylint: disable=broad-except
        where = traceback.extract_tb(error.__traceback__)
        line = next((f.lineno for f in reversed(where) if f.filename == __file__), 0)
        write(report, "FAIL", function.__name__, f"line {line}: {type(error).__name__}: {error}")


def leave_for_the_top():
    """Where a svinit that is started there can hand controllers on: the top is the one cgroup that may hold processes too."""
    pathlib.Path("/sys/fs/cgroup/cgroup.procs").write_text(str(os.getpid()), encoding="ascii")


def run_project_tests(report):
    top = pathlib.Path("/srv/svinit")
    names = (STATE / "project-tests").read_text(encoding="utf-8").split() if (STATE / "project-tests").exists() else []
    if not names:
        return
    result = subprocess.run(["python3", "-B", "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", "--color=no", *names],
                            cwd=top, capture_output=True, text=True, check=False, preexec_fn=leave_for_the_top,
                            env={**os.environ, "SVINIT_BUILD": "build", "SVINIT_TEST_DEADLINE": "60", "HOME": "/root", "COLUMNS": "400"})
    found = re.findall(r"^(PASSED|FAILED|ERROR) (\S+)(?: - (.*))?$", result.stdout, re.M)
    for word, name, why in found:
        write(report, "ok" if word == "PASSED" else "FAIL", name.split("/")[-1], why)
    for count, place, why in re.findall(r"^SKIPPED \[(\d+)\] (\S+?):\d+: (.*)$", result.stdout, re.M):
        write(report, "skip", f"{place.split('/')[-1]} ({count})", why)
    if not found:
        write(report, "FAIL", "pytest", result.stdout[-300:] + result.stderr[-300:])


def compat_row(report, examine, root, entry):
    result = examine(root, entry)
    keys = result.get("not enforced", [])
    why = result["fault"] + "; " + result.get("said", "")[-200:] if "fault" in result else \
        f"not enforced: {', '.join(keys)}" if keys else f"{result.get('version')}, everything enforced"
    write(report, "FAIL" if "fault" in result or keys else "ok", entry.package, why)


def run_compat(report, words):
    """The packages of tests/compat, where nothing keeps svinit from enforcing all that their units say."""
    root = pathlib.Path("/srv/compat-root")
    root.mkdir(exist_ok=True)
    run("mount", "-o", "ro", "/dev/vdd", str(root))
    os.environ.update(SVINIT_BUILD="build", SVINIT_TEST_DEADLINE="60", HOME="/root",
                      PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    folder = "/srv/svinit/tests/compat"
    sys.path.insert(0, folder)
    compat = importlib.machinery.SourceFileLoader("compat_run", f"{folder}/run").load_module()
    compat.adopt_orphans()
    names = words.split(",") if words else [entry.package for entry in compat.ENTRIES]
    for entry in compat.ENTRIES:
        if entry.package in names:
            compat_row(report, compat.examine, root, entry)
    write(report, "done", "compat")


def kernel_option(name):
    """None where it is not on the kernel's command line."""
    line = pathlib.Path("/proc/cmdline").read_text(encoding="ascii").split()
    return next((word.partition("=")[2] for word in line if word.partition("=")[0] == name), None)


def main():
    report = os.open("/dev/ttyS1", os.O_WRONLY | os.O_NOCTTY)
    if kernel_option("vm.compat") is not None:
        run_compat(report, kernel_option("vm.compat"))
        return
    STATE.mkdir(exist_ok=True)
    boots = STATE / "boots"
    count = int(boots.read_text(encoding="ascii")) + 1 if boots.exists() else 1
    boots.write_text(str(count), encoding="ascii")
    write(report, "boot", str(count), pathlib.Path("/proc/uptime").read_text(encoding="ascii").split()[0])
    if count == 1:
        for function in tests:
            run_one(report, function)
        run_project_tests(report)
    else:
        for function in second_boot:
            run_one(report, function)
    write(report, "done", str(count))


# ---- behind a reboot ----

def the_shutdown_was_recorded():
    assert re.search(r"^shutdown\s", run("last", "-x").stdout, re.M), run("last", "-x").stdout


def the_disks_were_unmounted():
    said = run("dmesg").stdout
    bad = [line for line in said.splitlines() if re.search(r"recovery (complete|required)|orphan", line)]
    assert not bad, "\n".join(bad)


def services_were_stopped_in_order():
    lines = (STATE / "order").read_text(encoding="ascii").split()
    assert lines == ["second-down", "first-down"], lines


second_boot = [svinit_is_pid_1, the_shutdown_was_recorded, the_disks_were_unmounted, services_were_stopped_in_order,
               the_file_system_in_a_file_was_unmounted, the_random_seed_is_kept, fstab_is_mounted, nothing_has_failed]

if __name__ == "__main__":
    sys.exit(main())

"""A Debian of its own with svinit as PID 1, in namespaces of its own; nothing of it stays."""
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

import harness

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or "/var/cache") / "svinit" / "debian-root"
MAKE_SECONDS = 1800

# What a container's runtime does: the root in place, /proc, /dev and the like mounted, a network of its own.
ENTER = r"""
mount --make-rprivate /
mount -t overlay overlay -o "lowerdir=$base,upperdir=$top/upper,workdir=$top/work" "$top/root"
"$install_systemctl" "$top/root" /usr
cd "$top/root"
mount -t proc proc proc
mount -t tmpfs tmpfs run
mount -t tmpfs -o mode=755 tmpfs dev
for name in null zero full random urandom tty; do touch dev/$name; mount --bind /dev/$name dev/$name; done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ip link set lo up
mount -t sysfs -o ro sysfs sys && { mount -t cgroup2 cgroup2 sys/fs/cgroup || :; } || :
mkdir old
pivot_root . old
umount -l old
rmdir old
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin container=svinit-test "$@"
"""


def why_not():
    """Why there can be no such root here, or an empty string."""
    if os.geteuid() != 0:
        return "needs root"
    if not (CACHE / ".complete").exists() and not shutil.which("debootstrap"):
        return "debootstrap is not installed"
    refused = harness.may_make_pid_namespaces()
    if refused:
        return f"no PID namespaces here: {refused}"
    if "sanitize" in str(harness.BUILD):
        return "the root has no sanitizer libraries"
    made = subprocess.run([str(harness.ROOT / "scripts" / "debian-root"), str(CACHE)], capture_output=True, text=True,
                          check=False, timeout=MAKE_SECONDS)
    return "" if made.returncode == 0 else f"no Debian root: {made.stderr.strip()}"


class DebianRoot:
    def __init__(self):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="svinit-root-"))
        self.upper = self.top / "upper"
        self.output = self.top / "output"
        self.process = None
        self.pid = None
        for name in ("upper", "work", "root"):
            (self.top / name).mkdir()

    def install(self):
        """As make install with PREFIX=/usr would; the links are made behind it, where dpkg's database is."""
        programs = self.upper / "usr" / "bin"
        programs.mkdir(parents=True)
        for program in harness.BUILD.glob("sv*"):
            if program.is_file() and os.access(program, os.X_OK):
                shutil.copy(program, programs)

    def write(self, path, text):
        file = self.upper / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def start(self):
        self.install()
        return self.boot()

    def boot(self):
        environment = {**os.environ, "base": str(CACHE), "top": str(self.top),
                       "install_systemctl": str(harness.ROOT / "scripts" / "install-systemctl")}
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                ["unshare", "-m", "-u", "-i", "-n", "-p", "-C", "-f", "--kill-child", "sh", "-ec", ENTER, "sh", "/sbin/init"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment, start_new_session=True)
        harness.until(self.is_up, "svinit in the root to answer", 60)
        return self

    def is_up(self):
        assert self.process.poll() is None, f"svinit ended:\n{self.said()}"
        children = harness.children_of(self.process.pid)
        if not children or not os.path.exists(f"/proc/{children[0]}/root/run/svinit/control"):
            return False
        self.pid = children[0]
        return self.run("systemctl", "is-system-running").stdout.strip() in ("running", "degraded")

    def run(self, *command, seconds=120, check=None, **environment):
        """Runs a command in there as somebody who logged in would."""
        variables = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8",
                     "DEBIAN_FRONTEND": "noninteractive", **environment}
        result = subprocess.run(["nsenter", "-t", str(self.pid), "-m", "-u", "-i", "-n", "-p", "env", "-i",
                                 *(f"{name}={value}" for name, value in variables.items()), *command],
                                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds, check=False)
        if check is not None:
            assert result.returncode == check, \
                f"{' '.join(command)}: exit status {result.returncode}\n{result.stdout}{result.stderr}"
        return result

    def apt(self, *arguments):
        """Packages were downloaded with the root, so that no network is needed."""
        return self.run("apt-get", "-y", "--no-download", "--no-install-recommends", *arguments, seconds=300, check=0)

    def said(self):
        return self.output.read_text(encoding="utf-8", errors="replace") if self.output.exists() else ""

    def shut_down(self):
        self.run("poweroff", check=0)
        assert self.process.wait(60) == 0, self.said()

    def destroy(self):
        if self.process and self.process.poll() is None:
            for child in harness.children_of(self.process.pid):
                os.kill(child, signal.SIGKILL)
            self.process.wait()
        with contextlib.suppress(OSError):
            shutil.rmtree(self.top)

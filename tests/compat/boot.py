"""A Debian root with svinit as PID 1, in namespaces of its own; what is written goes to memory."""
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from harness import BUILD, Svinit, children_of, descendants_of, is_alive, until  # noqa: E402

import client  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent


def unified_cgroups():
    for line in pathlib.Path("/proc/mounts").read_text(encoding="utf-8").splitlines():
        words = line.split()
        if words[2] == "cgroup2":
            return pathlib.Path(words[1])
    return None


class Boot(Svinit):
    """`keep`: the units whose enabling links stay. `prepare`: a shell script that is run in the root before svinit."""

    def __init__(self, root, keep, prepare=None):
        super().__init__(pid1=True)
        self.root, self.keep, self.script = root, keep, prepare
        self.scratch = self.top / "scratch"
        for path in (self.scratch, self.runtime, self.logs):
            path.mkdir()
        os.chmod(self.runtime, 0o755)
        self.cgroup = None

    def command(self):
        enter = ""
        tree = unified_cgroups()
        if tree and os.access(tree, os.W_OK):
            self.cgroup = tree / f"svinit-compat-{os.getpid()}-{self.top.name[-8:]}"
            self.cgroup.mkdir()
            enter = f"echo $$ >{self.cgroup}/cgroup.procs; "
        boot = ["sh", str(HERE / "boot.sh"), str(self.root), str(self.scratch), str(BUILD), str(self.runtime),
                str(self.logs), " ".join(self.keep), self.script or "", "--", "/opt/svinit/svinit"]
        return ["sh", "-ec", enter + 'exec unshare -pfmnuC --kill-child "$@"', "sh", *boot]

    def start(self):
        self.launch()
        until(self.answers, "the control socket", 60)
        self.pid = children_of(self.process.pid)[0]
        return self

    def path(self, inside):
        """A path of the root as we see it."""
        return f"/proc/{self.pid}/root{inside}"

    def run(self, *command, seconds=30):
        """A command inside, as root: what it printed, or "" when it failed."""
        result = self.inside(*command, seconds=seconds)
        return result.stdout if result.returncode == 0 else ""

    def ask(self, kind, *arguments):
        if kind in ("unix", "fastcgi"):
            arguments = (self.path(arguments[0]), *arguments[1:])
        return client.ask(self.pid, kind, *arguments)

    def strangers(self):
        """Processes in the namespace that belong to no unit that is up, and are neither svinit nor svlog."""
        reply = self.call("Tree")
        known = {process["PID"] for unit in reply["units"] for process in unit["processes"]}
        found = []
        for pid in descendants_of(self.pid):
            name = pathlib.Path(f"/proc/{pid}/comm")
            if not is_alive(pid) or self.pid_inside(pid) in known or name.read_text(encoding="utf-8") == "svlog\n":
                continue
            command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if command:  # without memory it has ended, but for the kernel's own part of it
                found.append(command)
        return found

    @staticmethod
    def pid_inside(pid):
        for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("NSpid:"):
                return int(line.split()[-1])
        return 0

    def destroy(self):
        left = super().destroy()
        if self.cgroup and self.cgroup.exists():
            for path in [*sorted(filter(pathlib.Path.is_dir, self.cgroup.rglob("*")), reverse=True), self.cgroup]:
                path.rmdir()
        return left


def installed_version(root, package):
    result = subprocess.run(["dpkg-query", f"--admindir={root}/var/lib/dpkg", "-W", "-f",
                             "${db:Status-Abbrev} ${Version}", package], capture_output=True, text=True, check=False)
    status, _, version = result.stdout.partition(" ")
    return version.strip() if status.strip() == "ii" else None

"""Runs the real svinit over unit files of a test's own, asks it things, and cleans up whatever happens."""
import contextlib
import ctypes
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = (ROOT / os.environ.get("SVINIT_BUILD", "build")).resolve()
PROGRAMS = BUILD / "tests" / "integration"
SAMPLES = BUILD / "samples"
# Nothing here should ever take this long; a sanitizer build on a busy machine may.
DEADLINE = float(os.environ.get("SVINIT_TEST_DEADLINE", "20"))
PR_SET_CHILD_SUBREAPER = 36
CGROUP_MOUNTS = (pathlib.Path("/sys/fs/cgroup/unified"), pathlib.Path("/sys/fs/cgroup"))


def adopt_orphans():
    """What svinit leaves behind comes to us, so that a test can see it and nothing outlives the tests."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def until(condition, what, seconds=None):
    """Returns the first true value of condition(); fails at the deadline."""
    end = time.monotonic() + (seconds or DEADLINE)
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(0.01)


def process_fields(pid):
    """State letter, parent, process group and session of proc(5)'s stat, or None when there is no such process."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, parent, group, session = text[text.rindex(")") + 2:].split()[:4]
    return state, int(parent), int(group), int(session)


def is_alive(pid):
    fields = process_fields(pid)
    return fields is not None and fields[0] not in "ZX"


def children_of(pid):
    found = []
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            text = pathlib.Path(f"/proc/{pid}/task/{task}/children").read_text(encoding="ascii")
            found += [int(child) for child in text.split()]
    return found


def descendants_of(pid):
    waiting, found = [pid], []
    while waiting:
        for child in children_of(waiting.pop()):
            found.append(child)
            waiting.append(child)
    return found


def cgroup_mount():
    """Where a cgroup v2 tree is mounted that we may write to, or None."""
    for top in CGROUP_MOUNTS:
        if (top / "cgroup.controllers").exists() and os.access(top / "cgroup.procs", os.W_OK):
            return top
    return None


def remove_cgroup(group):
    for path in [*sorted(group.rglob("*/"), reverse=True), group]:
        if path.is_dir():
            with contextlib.suppress(OSError):
                path.rmdir()


def may_make_pid_namespaces():
    """Why not, or an empty string."""
    result = subprocess.run(["unshare", "-pf", "--mount-proc", "true"], capture_output=True, text=True, check=False)
    return "" if result.returncode == 0 else result.stderr.strip() or "unshare failed"


class VarlinkError(Exception):
    def __init__(self, reply):
        super().__init__(json.dumps(reply))
        self.name = reply["error"]
        self.parameters = reply.get("parameters") or {}


class Control:
    """A client of the control socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(DEADLINE)
        self.socket.connect(str(path))
        self.pending = b""

    def send(self, method, more=False, **parameters):
        message = {"method": method if "." in method else f"org.svinit.Supervisor.{method}", "parameters": parameters}
        if more:
            message["more"] = True
        self.socket.sendall(json.dumps(message).encode() + b"\0")

    def receive(self):
        while b"\0" not in self.pending:
            data = self.socket.recv(1 << 16)
            if not data:
                raise ConnectionError("svinit closed the connection")
            self.pending += data
        text, self.pending = self.pending.split(b"\0", 1)
        reply = json.loads(text)
        if "error" in reply:
            raise VarlinkError(reply)
        return reply.get("parameters") or {}

    def call(self, method, **parameters):
        self.send(method, **parameters)
        return self.receive()

    def close(self):
        self.socket.close()


class Svinit:
    """
    One svinit with folders of its own. `pid1`: as PID 1 of a PID namespace; `prepare`: a shell command that makes the
    namespaces ready before, a network namespace of its own included. `user`: a uid to run as; `cgroup`: a cgroup to be
    born in, made and handed over to the user.
    """

    def __init__(self, units=None, pid1=False, options=(), environment=None, prepare=None, user=None, cgroup=None):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="svinit-test-"))
        os.chmod(self.top, 0o755)
        self.units = self.top / "units"
        self.runtime = self.top / "run"
        self.logs = self.top / "log"
        self.output = self.top / "output"
        self.units.mkdir()
        self.pid1 = pid1
        self.prepare = prepare
        # SVINIT_TEST_OPTIONS=--no-cgroups runs all of them over keepers.
        self.options = [*options, *os.environ.get("SVINIT_TEST_OPTIONS", "").split()]
        self.environment = environment
        self.user = user
        self.cgroup = cgroup
        self.process = None
        self.pid = None  # svinit's, as we see it
        for name, text in (units or {}).items():
            self.write(name, text)

    # Files

    def write(self, name, text):
        path = self.units / (name if "." in name else f"{name}.service")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("@top@", str(self.top)).replace("@programs@", str(PROGRAMS)), encoding="utf-8")
        return path

    def file(self, name):
        return self.top / name

    def lines(self, name):
        path = self.file(name)
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    def said(self):
        return self.output.read_text(encoding="utf-8", errors="replace") if self.output.exists() else ""

    # Life

    def command(self):
        command = [str(BUILD / "svinit"), "--units", str(self.units), "--runtime-dir", str(self.runtime),
                   "--log-dir", str(self.logs), *self.options]
        if self.user is not None:
            os.chown(self.top, self.user, self.user)
            command = ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups", *command]
        if self.cgroup is not None:
            self.delegate(self.cgroup)
            command = ["sh", "-ec", 'echo $$ > "$0"; exec "$@"', str(self.cgroup / "cgroup.procs"), *command]
        if not self.pid1:
            return command
        if self.prepare is None:
            return ["unshare", "-pf", "--mount-proc", "--kill-child", *command]
        return ["unshare", "-pfmn", "--mount-proc", "--kill-child", "sh", "-ec", f'{self.prepare}\nexec "$@"', "sh",
                *command]

    def delegate(self, cgroup):
        cgroup.mkdir()
        if self.user is not None:
            for path in (cgroup, *(cgroup / f"cgroup.{name}" for name in ("procs", "threads", "subtree_control"))):
                os.chown(path, self.user, self.user)

    def launch(self):
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                            env=self.environment, start_new_session=True)
        self.pid = self.process.pid
        return self

    def start(self):
        """Launches and waits until the control socket answers."""
        self.launch()
        until(self.answers, "the control socket")
        if self.pid1:
            self.pid = children_of(self.process.pid)[0]
        return self

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"svinit ended at once with status {self.process.returncode}:\n{self.said()}")
        try:
            control = Control(self.runtime / "control")
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        with contextlib.closing(control):
            return bool(control.call("SystemState"))

    def send_signal(self, number):
        os.kill(self.pid, number)

    def stop(self, seconds=None):
        """An orderly stop; returns the exit status."""
        self.send_signal(signal.SIGTERM)
        return self.process.wait(seconds or DEADLINE)

    def destroy(self):
        """Ends everything, returns what was left alive after svinit had gone."""
        left = []
        if self.process and self.process.poll() is None:
            below = descendants_of(self.process.pid)
            self.process.kill()
            self.process.wait()
            left = [pid for pid in below if is_alive(pid)]
        me = os.getpid()
        until(lambda: self.end_orphans(me), "the last processes to end")
        self.remove_cgroups()
        for path in self.top.rglob("*"):
            if path.is_dir() and not path.is_symlink():
                with contextlib.suppress(OSError):
                    path.chmod(0o755)
        shutil.rmtree(self.top, ignore_errors=True)
        return left

    @staticmethod
    def end_orphans(me):
        for pid in descendants_of(me):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        return not children_of(me)

    def remove_cgroups(self):
        """A svinit that was killed could not remove its cgroups."""
        with contextlib.suppress(OSError):
            status = self.runtime.stat()
            for top in CGROUP_MOUNTS:
                remove_cgroup(top / f"svinit-{status.st_dev:x}-{status.st_ino:x}.supervisor")
        if self.cgroup is not None:
            remove_cgroup(self.cgroup)

    def inside(self, *command, seconds=None):
        """Runs a command in svinit's namespaces."""
        return subprocess.run(["nsenter", "-t", str(self.pid), "-p", "-m", "-n", *command], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=seconds or DEADLINE, check=False)

    # Questions

    def control(self):
        return Control(self.runtime / "control")

    def call(self, method, **parameters):
        with contextlib.closing(self.control()) as control:
            return control.call(method, **parameters)

    def ctl(self, *arguments, check=None, seconds=None, **keywords):
        """Runs svctl. check=N: insists on exit status N."""
        result = subprocess.run([str(BUILD / "svctl"), "--runtime-dir", str(self.runtime), *arguments],
                                stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                timeout=seconds or DEADLINE, check=False, **keywords)
        if check is not None:
            assert result.returncode == check, \
                f"svctl {' '.join(arguments)}: exit status {result.returncode}\n{result.stdout}{result.stderr}"
        return result

    def show(self, unit):
        """All properties of a unit."""
        return self.call("Show", units=[full_name(unit)])["units"][0]

    def state(self, unit):
        properties = self.show(unit)
        return properties["ActiveState"], properties["SubState"]

    def main_pid(self, unit):
        """As svinit sees it."""
        return self.show(unit)["MainPID"] or 0

    def adopter(self, unit):
        """Who gets the orphans of a unit: svinit, or the main process's keeper."""
        return process_fields(self.outside(self.main_pid(unit)))[1]

    def outside(self, pid):
        """The pid under which we see a process that svinit names."""
        if not self.pid1:
            return pid
        for mine in [self.pid, *descendants_of(self.pid)]:
            with contextlib.suppress(OSError):
                for line in pathlib.Path(f"/proc/{mine}/status").read_text(encoding="utf-8").splitlines():
                    if line.startswith("NSpid:") and int(line.split()[-1]) == pid:
                        return mine
        raise AssertionError(f"there is no process {pid} in the namespace")

    def kill_main(self, unit, number=signal.SIGKILL):
        pid = self.main_pid(unit)
        os.kill(self.outside(pid), number)
        return pid

    def until_active(self, unit, seconds=None):
        return self.until_state(unit, "active", seconds)

    def until_state(self, unit, active_state, seconds=None):
        until(lambda: self.state(unit)[0] == active_state, f"{unit} to be {active_state}", seconds)
        return self.show(unit)

    def until_restarted(self, unit, old_pid, seconds=None):
        """Waits for another main process; returns its pid."""
        return until(lambda: self.state(unit)[0] == "active" and self.main_pid(unit) not in (0, old_pid) and
                     self.main_pid(unit), f"{unit} to have another main process than {old_pid}", seconds)

    def until_line(self, name, line, seconds=None):
        until(lambda: line in self.lines(name), f"the line {line!r} in {name}", seconds)

    def log_lines(self, unit):
        """What the log file of a unit holds, times and marks included."""
        path = self.logs / full_name(unit) / "current"
        return path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []

    def until_logged(self, unit, text, seconds=None):
        until(lambda: any(text in line for line in self.log_lines(unit)), f"{text!r} in the log of {unit}", seconds)

    def until_said(self, text, seconds=None):
        until(lambda: text in self.said(), f"svinit to say {text!r}", seconds)


def full_name(unit):
    return unit if unit.rpartition(".")[2] in ("service", "target", "socket", "timer", "path", "slice", "mount") \
        else f"{unit}.service"

"""One measurement a function; each returns numbers and leaves nothing behind."""
import array
import contextlib
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import tempfile
import time

from supervisors import BENCH, BUILD, STAMP, Svinit

BOOT_DEADLINE = 60.0
SLOT_SIZE = 16
SLOT_COUNT = 1 << 17


class Run:
    """A started supervisor whose services all run; `boot` is the time that took, in ms."""

    def __init__(self, kind, count):
        self.count = count
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="svinit-bench-", dir="/dev/shm"))
        self.slots = self.top / "slots"
        self.slots.write_bytes(b"")
        os.truncate(self.slots, SLOT_SIZE * SLOT_COUNT)
        self.supervisor = kind(self.top, self.slots, count)
        command = [str(BENCH / "begin"), str(self.slots), *self.supervisor.command()]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, env=self.supervisor.environment(),
                                        start_new_session=True, preexec_fn=raise_limit)
        try:
            self.boot = self.await_boot()
        except BaseException:
            self.close()
            raise

    def table(self):
        with self.slots.open("rb") as file:
            return array.array("Q", file.read((self.count + 1) * SLOT_SIZE))

    def await_boot(self):
        end = time.monotonic() + BOOT_DEADLINE
        while True:
            table = self.table()
            times = table[2::2]
            if min(times) > 0:
                return (max(times) - table[0]) / 1e6
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.supervisor.name} ended with status {self.process.returncode}")
            if time.monotonic() > end:
                raise RuntimeError(f"{self.supervisor.name} did not start all of {self.count} services")
            time.sleep(0.002 if self.count < 100 else 0.02)

    def services(self):
        return set(self.table()[3::2])

    def stop(self):
        """The time until neither a service nor the supervisor is left, in ms."""
        with subprocess.Popen([str(BENCH / "await_ends"), str(self.slots), str(self.count)], stdout=subprocess.PIPE,
                              text=True) as watcher:
            watcher.stdout.readline()
            began = time.monotonic_ns()
            self.supervisor.request_stop(self.process)
            self.process.wait(BOOT_DEADLINE)
            gone = time.monotonic_ns()
            last = int(watcher.stdout.readline())
        return (max(gone, last) - began) / 1e6

    def helpers(self):
        """Every process of the supervisor's side."""
        services = self.services()
        waiting, found = [self.process.pid], []
        while waiting:
            pid = waiting.pop()
            if pid in services:
                continue
            found.append(pid)
            with contextlib.suppress(OSError):
                for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                    waiting += map(int, (task / "children").read_text(encoding="ascii").split())
        return found

    def close(self):
        helpers = self.helpers() if self.process.poll() is None else []
        for pid in helpers:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        for pid in self.services():
            # A pid that was given to somebody else since is not ours to kill.
            with contextlib.suppress(OSError):
                if pid and os.path.samefile(f"/proc/{pid}/exe", STAMP):
                    os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.top, ignore_errors=True)


def raise_limit():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def median(numbers):
    return percentile(numbers, 50)


def percentile(numbers, part):
    ordered = sorted(numbers)
    return ordered[min(len(ordered) - 1, len(ordered) * part // 100)]


def boot_and_stop(kind, count):
    with contextlib.closing(Run(kind, count)) as run:
        return run.boot, run.stop()


def restarts(kind, count, tight):
    """Latencies in µs: of `count` services killed once each, or of one killed `count` times; None: no successor came."""
    with contextlib.closing(Run(kind, 1 if tight else count)) as run:
        time.sleep(1.2)
        words = [str(BENCH / "killer"), str(run.slots), "tight" if tight else "spaced", str(count)]
        lines = subprocess.run(words, capture_output=True, text=True, check=False).stdout.split()
    return None if "lost" in lines or not lines else [int(line) / 1e3 for line in lines]


def memory(kind, count):
    """Proportional set size of the supervisor's side, in KiB, once it has settled."""
    with contextlib.closing(Run(kind, count)) as run:
        time.sleep(1)
        return sum(proportional_size(pid) for pid in run.helpers())


def proportional_size(pid):
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def wake_ups(kind, count, seconds):
    """Voluntary context switches a second of the supervisor's side while nothing happens."""
    with contextlib.closing(Run(kind, count)) as run:
        time.sleep(2)
        helpers = run.helpers()
        before = sum(map(switches, helpers))
        time.sleep(seconds)
        return (sum(map(switches, helpers)) - before) / seconds


def switches(pid):
    total = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        for line in (task / "status").read_text(encoding="utf-8").splitlines():
            if line.startswith("voluntary_ctxt_switches"):
                total += int(line.split()[1])
    return total


def orphans(init, count, flood):
    """CPU time of PID 1 an orphan in µs, and the most zombies; None where it cannot be measured."""
    words = ["unshare", "-pf", "--mount-proc", "--kill-child", *init, str(BENCH / "orphan_producer"), str(count)]
    try:
        result = subprocess.run(words + (["flood"] if flood else []), stdin=subprocess.DEVNULL, capture_output=True,
                                text=True, timeout=60, check=True)
        cpu, peak, _ = map(int, result.stdout.split())
    except (subprocess.SubprocessError, ValueError):
        return None
    return cpu / 1e3 / count, peak


def init_start(init):
    """From exec of an init until its command runs, in ms; and its memory in KiB."""
    top = pathlib.Path(tempfile.mkdtemp(prefix="svinit-bench-", dir="/dev/shm"))
    slots = top / "slots"
    slots.write_bytes(b"")
    os.truncate(slots, SLOT_SIZE * SLOT_COUNT)
    program = shutil.which(init[0])
    process = subprocess.Popen([str(BENCH / "begin"), str(slots), program, *init[1:], str(BENCH / "stamp"), str(slots),
                                "1"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        end = time.monotonic() + 10
        while True:
            table = array.array("Q", slots.read_bytes()[:2 * SLOT_SIZE])
            if table[2] or time.monotonic() > end:
                break
            time.sleep(0.002)
        time.sleep(0.05)
        return (table[2] - table[0]) / 1e6, proportional_size(process.pid)
    finally:
        if process.poll() is None:
            with contextlib.suppress(OSError):
                os.kill(table[3], signal.SIGKILL)
            process.kill()
            process.wait()
        shutil.rmtree(top, ignore_errors=True)


def client_times(count):
    """Medians in µs of svctl's status of one unit and list of all, and of a static program that reads one file."""
    with contextlib.closing(Run(Svinit, count)) as run:
        control = ["--runtime-dir", str(run.top / "run")]
        some_file = run.top / "file"
        some_file.write_text("one unit is active\n" * 10, encoding="ascii")
        commands = {
            "raw": [str(BENCH / "raw_client"), str(some_file)],
            "status": [str(BUILD / "svctl"), *control, "status", "s1"],
            "list": [str(BUILD / "svctl"), *control, "list"],
        }
        times = {name: [] for name in commands}
        for _ in range(5):
            for name, command in commands.items():
                times[name] += timed(command, 20)
    return {name: median(numbers) for name, numbers in times.items()}


def timed(command, times):
    lines = subprocess.run([str(BENCH / "timed"), str(times), *command], capture_output=True, text=True, check=True)
    return [int(line) / 1e3 for line in lines.stdout.split()]

"""How each supervisor is told to run the services 1 to N, started, and stopped."""
import os
import pathlib
import shutil
import signal
import subprocess

BUILD = pathlib.Path(os.environ.get("SVINIT_BUILD", "build")).resolve()
BENCH = BUILD / "bench"
STAMP = BENCH / "stamp"


class Supervisor:
    """One supervisor over `count` services whose times go to `slots`, with files of its own in `top`."""
    name = ""
    program = ""  # what must be installed
    largest = 1 << 30
    slow = False  # measured once, and not at every size
    waits_after_short_runs = False

    @classmethod
    def installed(cls):
        return shutil.which(cls.program) is not None

    def __init__(self, top, slots, count):
        self.top, self.slots, self.count = top, slots, count
        self.prepare()

    def prepare(self):
        pass

    def command(self):
        raise NotImplementedError

    def environment(self):
        return dict(os.environ)

    def request_stop(self, process):
        process.send_signal(signal.SIGTERM)

    def executable(self):
        return shutil.which(self.program)


class Raw(Supervisor):
    mode = ""

    @classmethod
    def installed(cls):
        return True

    def command(self):
        return [str(BENCH / "raw_supervisor"), self.mode, str(self.count), str(STAMP), str(self.slots)]


class RawFour(Raw):
    name, mode = "raw, four threads", "four"


class RawPinned(Raw):
    name, mode = "raw, one thread on one CPU", "pinned"


class RawOne(Raw):
    name, mode = "raw, one thread", "one"


class Svinit(Supervisor):
    name = "svinit"

    @classmethod
    def installed(cls):
        return True

    def prepare(self):
        units = self.top / "units"
        units.mkdir()
        for number in range(1, self.count + 1):
            (units / f"s{number}.service").write_text(
                f"[Unit]\nStartLimitIntervalSec=0\n[Service]\nType=exec\nExecStart={STAMP} {self.slots} {number}\n"
                "Restart=always\nRestartSec=0\n", encoding="ascii")

    def command(self):
        return [str(BUILD / "svinit"), "--units", str(self.top / "units"), "--runtime-dir", str(self.top / "run"),
                "--log-dir", str(self.top / "log"), "--log-target", "file"]


class SvinitKeepers(Svinit):
    name = "svinit, keepers for cgroups"

    def command(self):
        return [*super().command(), "--no-cgroups"]


class ServiceDirectories(Supervisor):
    """A directory a service, named after its slot; its run program is the service itself, found by its directory."""
    waits_after_short_runs = True

    def prepare(self):
        for number in range(1, self.count + 1):
            directory = self.top / "services" / str(number)
            directory.mkdir(parents=True)
            (directory / "run").symlink_to(STAMP)

    def environment(self):
        return {**os.environ, "STAMP_FILE": str(self.slots)}


class Runit(ServiceDirectories):
    name, program, largest = "runit", "runsvdir", 1000

    def prepare(self):
        super().prepare()
        # runsvdir waits for the next second after a change of its directory.
        os.utime(self.top / "services", (1, 1))

    def command(self):
        return [self.executable(), "-P", str(self.top / "services")]

    def request_stop(self, process):
        process.send_signal(signal.SIGHUP)


class S6(ServiceDirectories):
    name, program = "s6", "s6-svscan"

    def command(self):
        return [self.executable(), "-c", str(max(self.count + 8, 16)), str(self.top / "services")]

    def request_stop(self, process):
        subprocess.run(["s6-svscanctl", "-t", str(self.top / "services")], check=True)


class Supervisord(Supervisor):
    name, program = "supervisord", "supervisord"
    slow = waits_after_short_runs = True
    largest = 1000

    def prepare(self):
        programs = "".join(f"[program:s{number}]\ncommand={STAMP} {self.slots} {number}\nautorestart=true\n"
                           "startsecs=0\nstdout_logfile=NONE\nredirect_stderr=true\n"
                           for number in range(1, self.count + 1))
        (self.top / "supervisord.conf").write_text(
            f"[supervisord]\nnodaemon=true\nsilent=true\nminfds=8192\nlogfile=/dev/null\nlogfile_maxbytes=0\n"
            f"pidfile={self.top}/pid\n{programs}", encoding="ascii")

    def command(self):
        return [self.executable(), "-c", str(self.top / "supervisord.conf")]


RAW = [RawFour, RawPinned, RawOne]
SUPERVISED = [Svinit, SvinitKeepers, Runit, S6, Supervisord]
# Inits of a container by what stands before the command.
INITS = {
    "raw wait4 loop": [str(BENCH / "raw_init")],
    "svinit": [str(BUILD / "svinit"), "--"],
    "tini": ["tini", "--"],
    "dumb-init": ["dumb-init"],
    "catatonit": ["catatonit", "--"],
}

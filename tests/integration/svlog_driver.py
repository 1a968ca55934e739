"""Starts svlog as svinit does, and speaks common/log_protocol.h to it."""

import array
import os
import select
import signal
import socket
import struct
import subprocess
import tempfile
import time

BUILD = os.environ.get("SVINIT_BUILD", "build")
PROGRAM = os.path.abspath(os.path.join(BUILD, "svlog"))

VERSION = 2
(CONFIGURE, ADD_STREAM, DROP_STREAM, RECORD, ROTATE, FLUSH, FINISH, END_LINE, VAULT_PUT, VAULT_DROP, VAULT_DOOR, VAULT_END,
 INVOCATION, ADD_INTAKE) = range(14)


def message(kind, cookie=0):
    return struct.pack("=HHI", VERSION, kind, cookie)


def configure(directory, json=0, console=0, color=0, files=1, max_bytes=0, later=0, forward=""):
    return message(CONFIGURE) + struct.pack("=5B3xQ", json, console, color, files, later, max_bytes) + \
        os.fsencode(directory or "") + b"\0" + os.fsencode(forward) + b"\0"


def stream(kind, number, is_error=0, level=6, level_prefix=1, level_max=255, json=0, console=0, rate_burst=0,
           rate_interval=0, max_bytes=0, max_files=0, max_age=0, pid=0, cookie=0,
           compress=0, kmsg=0, facility=3, files_only=0, invocation=b""):
    return message(kind, cookie) + struct.pack("=I8BIQQIBB2xQI16s4x", number, is_error, level, level_prefix, level_max,
                                               json, console, compress, kmsg, rate_burst, rate_interval, max_bytes,
                                               max_files, facility, files_only, max_age, pid, invocation)


def deadline_loop(seconds, what):
    """Yields until the time is over, then fails."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(0.005)
    raise AssertionError("timed out waiting for " + what)


class Pipe:
    """As svinit makes it: one descriptor, for reading and writing."""

    def __init__(self):
        reader, writer = os.pipe()
        self.fd = os.open("/proc/self/fd/%d" % reader, os.O_RDWR)
        os.close(reader)
        os.close(writer)

    def write(self, data):
        os.write(self.fd, data)

    def close(self):
        os.close(self.fd)


class Svlog:
    """svinit's side: the pipes and the journal live here, svlog comes and goes."""

    def __init__(self, directory, stdout=None, journal=True, **configuration):
        self.directory = directory
        self.configuration = configuration
        self.stdout = stdout
        self.journal = os.memfd_create("svlog-journal") if journal else None
        self.streams, self.intakes = {}, {}
        self.ours, self.theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.process = None
        self.cookie = 0
        self.start()

    def start(self):
        control, journal = self.theirs.fileno(), self.journal

        def descriptors():
            high = os.dup(control), os.dup(journal) if journal is not None else None
            high = [fd for fd in high if fd is not None]
            safe = [os.open("/dev/null", os.O_RDONLY) for _ in range(8)]
            kept = [os.dup(fd) for fd in high]
            os.dup2(kept[0], 3)
            if len(kept) > 1:
                os.dup2(kept[1], 4)
            else:
                os.close(4)
            os.closerange(5, max(safe + kept) + 1)

        self.process = subprocess.Popen([PROGRAM], stdout=self.stdout, preexec_fn=descriptors, close_fds=False)
        self.send(configure(self.directory, **self.configuration))
        for number in self.streams:
            self.announce(number)
        for kind, fd in self.intakes.items():
            self.send(stream(ADD_INTAKE, kind), fd)

    def send(self, data, fd=None):
        if fd is None:
            self.ours.send(data)
        else:
            self.ours.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd]))])

    def announce(self, number):
        pipe, unit, identifier, prefix, options, rules = self.streams[number]
        text = b"".join(os.fsencode(part) + b"\0" for part in (unit, identifier, prefix, *rules))
        self.send(stream(ADD_STREAM, number, **options) + text, pipe.fd)

    def add(self, number, unit, identifier="", prefix="", rules=(), **options):
        pipe = Pipe()
        self.streams[number] = (pipe, unit, identifier, prefix, options, rules)
        self.announce(number)
        return pipe

    def add_intake(self, kind, fd):
        self.intakes[kind] = fd
        self.send(stream(ADD_INTAKE, kind), fd)

    def begin_invocation(self, number, invocation):
        self.streams[number][4]["invocation"] = invocation
        self.send(stream(INVOCATION, number, invocation=invocation))

    def drop(self, number):
        pipe, *_ = self.streams.pop(number)
        self.send(stream(DROP_STREAM, number))
        self.flush()
        pipe.close()

    def flush(self, timeout=20):
        self.cookie += 1
        self.send(message(FLUSH, self.cookie))
        self.ours.settimeout(timeout)
        while True:
            answer = self.ours.recv(64)
            version, kind, cookie = struct.unpack("=HHI", answer)
            assert (version, kind) == (VERSION, FLUSH)
            if cookie == self.cookie:
                return

    def rotate(self, unit=""):
        self.send(stream(ROTATE, 0) + os.fsencode(unit) + b"\0")

    def record(self, unit, text, cookie=0, level=5):
        self.send(stream(RECORD, 0, level=level, cookie=cookie) + os.fsencode(unit) + b"\0" + os.fsencode(text) + b"\0")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def finish(self, timeout=20):
        self.send(message(FINISH))
        status = self.process.wait(timeout)
        self.close()
        return status

    def close(self):
        if self.process.poll() is None:
            self.kill()
        self.ours.close()
        self.theirs.close()
        if self.journal is not None:
            os.close(self.journal)
            self.journal = None
        for pipe, *_ in self.streams.values():
            pipe.close()
        self.streams = {}

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def path(self, unit, name="current"):
        return os.path.join(self.directory, unit, name)

    def files(self, unit):
        """Oldest first."""
        names = os.listdir(os.path.join(self.directory, unit))
        rotated = sorted(name for name in names if name != "current")
        return [self.path(unit, name) for name in rotated + (["current"] if "current" in names else [])]

    def content(self, unit):
        return b"".join(open(path, "rb").read() for path in self.files(unit))

    def records(self, unit):
        """(mark, priority, text) of each record."""
        lines = self.content(unit).split(b"\n")
        assert lines.pop() == b"", "the file ends with a newline"
        result = []
        for line in lines:
            time_stamp, mark, priority, text = line.split(b" ", 3)
            assert len(time_stamp) == 32, line
            result.append((mark.decode(), int(priority), text))
        return result

    def texts(self, unit):
        return [text for _, _, text in self.records(unit)]

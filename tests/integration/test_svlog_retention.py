"""How long svlog keeps what: rotation, age, compression, and the caps."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

sys.path.insert(0, os.path.dirname(__file__))
from svlog_driver import Svlog, deadline_loop  # noqa: E402


@pytest.fixture
def svlog(tmp_path):
    with Svlog(str(tmp_path / "log")) as running:
        yield running


def sizes(directory):
    """Of all files in a log directory, hidden ones too."""
    found = {}
    for top, _, names in os.walk(directory):
        for name in names:
            try:
                found[os.path.join(top, name)] = os.stat(os.path.join(top, name)).st_size
            except FileNotFoundError:
                pass
    return found


class Watch(threading.Thread):
    """The most bytes that were ever seen in a directory."""

    def __init__(self, directory):
        super().__init__(daemon=True)
        self.directory, self.most, self.over = directory, 0, False

    def run(self):
        while not self.over:
            self.most = max(self.most, sum(sizes(self.directory).values()))
            time.sleep(0.002)

    def end(self):
        self.over = True
        self.join()
        return self.most


def rotated(svlog, unit):
    return [name for name in sorted(os.listdir(os.path.join(svlog.directory, unit))) if name[0].isdigit()]


def until(condition, what, seconds=30):
    for _ in deadline_loop(seconds, what):
        if condition():
            return


def expanded(path):
    return subprocess.run(["zstd", "-dcq", path], capture_output=True, check=True).stdout


def test_old_files_are_compressed_and_whole(svlog):
    pipe = svlog.add(2, "a.service", compress=1)
    lines = [b"line %d of some text that repeats itself" % i for i in range(30_000)]
    pipe.write(b"\n".join(lines[:20_000]) + b"\n")
    svlog.flush()
    svlog.rotate("a.service")
    pipe.write(b"\n".join(lines[20_000:]) + b"\n")
    svlog.flush()
    name = rotated(svlog, "a.service")[0]
    before = os.stat(svlog.path("a.service", name))
    until(lambda: rotated(svlog, "a.service") == [name + ".zst"], "the compressed file")
    after = os.stat(svlog.path("a.service", name + ".zst"))
    assert after.st_size < before.st_size / 4
    assert (after.st_mode, after.st_mtime_ns, after.st_uid) == (before.st_mode, before.st_mtime_ns, before.st_uid)
    assert [line.split(b" ", 3)[3] for line in expanded(svlog.path("a.service", name + ".zst")).splitlines()] == \
        lines[:20_000]
    assert open(svlog.path("a.service"), "rb").read().count(b"\n") == 10_000


def test_without_compression_old_files_stay_as_they_are(svlog):
    plain, other = svlog.add(2, "a.service"), svlog.add(4, "b.service", compress=1)
    for pipe in (plain, other):
        pipe.write(b"some text, some text, some text\n" * 1000)
    svlog.flush()
    svlog.rotate()
    svlog.flush()
    until(lambda: rotated(svlog, "b.service")[0].endswith(".zst"), "the compressed file")
    assert rotated(svlog, "a.service")[0].endswith(".log")


def test_what_does_not_shrink_stays_as_it_is(svlog):
    pipe, other = svlog.add(2, "a.service", level_prefix=0, compress=1), svlog.add(4, "b.service", compress=1)
    pipe.write(os.urandom(50_000).replace(b"\n", b"") + b"\n")
    svlog.flush()
    svlog.rotate("a.service")
    svlog.flush()
    name, = rotated(svlog, "a.service")
    time.sleep(0.01)
    other.write(b"some text, some text, some text\n" * 1000)
    svlog.flush()
    svlog.rotate("b.service")
    svlog.flush()
    # The younger one's turn comes after the older one's.
    until(lambda: rotated(svlog, "b.service")[0].endswith(".zst"), "the compressed file")
    until(lambda: os.listdir(os.path.dirname(svlog.path("a.service", name))).count("." + name + ".zst") == 0,
          "the temporary file to go")
    assert rotated(svlog, "a.service") == [name]


def test_killed_while_compressing(svlog):
    """Whatever moment it is: the lines are in one file or in the other, and at last compressed."""
    pipe = svlog.add(2, "a.service", max_bytes=64 << 20, compress=1)
    lines = [b"%d %s" % (i, b"text " * 20) for i in range(60_000)]
    pipe.write(b"\n".join(lines) + b"\n")
    svlog.flush()
    svlog.rotate("a.service")
    svlog.flush()
    name, = rotated(svlog, "a.service")
    directory = os.path.dirname(svlog.path("a.service"))
    for pause in (0, 0.001, 0.005, 0.02):
        until(lambda: "." + name + ".zst" in os.listdir(directory) or rotated(svlog, "a.service") == [name + ".zst"],
              "the beginning of the compression")
        time.sleep(pause)
        svlog.kill()
        present = rotated(svlog, "a.service")
        assert name in present or name + ".zst" in present
        svlog.start()
        pipe.write(b"again\n")
        svlog.flush()
    until(lambda: rotated(svlog, "a.service") == [name + ".zst"], "the compressed file")
    assert expanded(svlog.path("a.service", name + ".zst")).count(b"\n") == len(lines)
    until(lambda: "." + name + ".zst" not in os.listdir(directory), "the temporary file to go")


def test_the_cap_holds_at_every_moment_also_with_compression(svlog):
    cap = 3 << 20
    pipe = svlog.add(2, "a.service", max_bytes=cap, compress=1)
    watch = Watch(svlog.directory)
    watch.start()
    for i in range(60):
        pipe.write(b"".join(b"%d %s\n" % (i * 1000 + j, b"x" * 150) for j in range(1000)))
        if i % 20 == 19:
            svlog.flush()
            time.sleep(2.5)
    svlog.flush()
    until(lambda: any(name.endswith(".zst") for name in rotated(svlog, "a.service")), "a compressed file")
    assert cap / 4 < watch.end() <= cap


def test_the_cap_of_the_whole_directory(tmp_path):
    cap = 2 << 20
    with Svlog(str(tmp_path / "log"), max_bytes=cap) as svlog:
        pipes = [svlog.add(2 * i, "unit%d.service" % i, max_bytes=1 << 20) for i in range(8)]
        watch = Watch(svlog.directory)
        watch.start()
        for turn in range(12):
            for pipe in pipes:
                pipe.write(b"".join(b"%d %s\n" % (turn * 400 + j, b"x" * 100) for j in range(400)))
            svlog.flush()
            if turn % 3 == 1:
                svlog.rotate()
            if turn % 5 == 2:
                svlog.kill()
                svlog.start()
        most = watch.end()
        assert cap / 2 < most <= cap
        for i in range(8):
            last = svlog.texts("unit%d.service" % i)[-1]
            assert last == b"%d %s" % (12 * 400 - 1, b"x" * 100)


def test_current_files_alone_are_held_to_the_cap_too(tmp_path):
    cap = 1 << 20
    with Svlog(str(tmp_path / "log"), max_bytes=cap) as svlog:
        for i in range(30):
            svlog.add(2 * i, "unit%d.service" % i).write(b"x" * 40_000 + b"\n" + b"y" * 10_000 + b"\n")
            svlog.flush()
            assert sum(sizes(svlog.directory).values()) <= cap
        assert svlog.texts("unit29.service") == [b"x" * 40_000, b"y" * 10_000]


def test_what_another_svlog_left_counts(tmp_path):
    cap = 1 << 20
    old = tmp_path / "log" / "old.service"
    old.mkdir(parents=True)
    for i in range(10):
        (old / ("20200101T00000%d.000000Z.log" % i)).write_bytes(b"x" * 300_000)
    with Svlog(str(tmp_path / "log"), max_bytes=cap) as svlog:
        svlog.add(2, "a.service").write(b"line\n")
        svlog.flush()
        assert sum(sizes(svlog.directory).values()) <= cap
        assert sorted(os.listdir(old)) == ["20200101T00000%d.000000Z.log" % i for i in (7, 8, 9)]


def test_records_go_when_they_are_too_old_without_new_ones(svlog):
    age = 2_000_000
    svlog.add(2, "a.service", max_age=age).write(b"old\n")
    svlog.flush()
    written = time.time()
    until(lambda: rotated(svlog, "a.service"), "the rotation")
    assert time.time() - written >= age / 8 / 1e6 - 0.05
    until(lambda: not rotated(svlog, "a.service"), "the file to go")
    assert time.time() - written >= age / 1e6
    assert not os.path.exists(svlog.path("a.service"))


def test_age_counts_from_the_first_record_over_a_kill(svlog):
    pipe = svlog.add(2, "a.service", max_age=8 * 1_500_000)
    pipe.write(b"first\n")
    svlog.flush()
    svlog.kill()
    svlog.start()
    for _ in deadline_loop(20, "the rotation"):
        pipe.write(b"more\n")
        svlog.flush()
        if rotated(svlog, "a.service"):
            break
        time.sleep(0.2)
    assert b"first\n" in open(svlog.path("a.service", rotated(svlog, "a.service")[0]), "rb").read()


def test_hangup_rotates_all(svlog):
    svlog.add(2, "a.service").write(b"one\n")
    svlog.add(4, "b.service").write(b"two\n")
    svlog.flush()
    svlog.process.send_signal(signal.SIGHUP)
    until(lambda: rotated(svlog, "a.service") and rotated(svlog, "b.service"), "the rotation")
    assert not os.path.exists(svlog.path("a.service"))


def test_rotation_of_units_that_nobody_writes_to(svlog):
    os.makedirs(os.path.join(svlog.directory, "gone.service"))
    with open(svlog.path("gone.service"), "wb") as file:
        file.write(b"2026-11-21T00:35:10.123456+01:00 o 6 text\n")
    svlog.rotate()
    svlog.flush()
    assert rotated(svlog, "gone.service") and not os.path.exists(svlog.path("gone.service"))


def test_logrotate_may_rename_the_file(svlog):
    pipe = svlog.add(2, "a.service")
    pipe.write(b"one\n")
    svlog.flush()
    os.rename(svlog.path("a.service"), svlog.path("a.service", "current.1"))
    pipe.write(b"two\n")
    svlog.flush()
    assert open(svlog.path("a.service"), "rb").read().endswith(b" two\n")

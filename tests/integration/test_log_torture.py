"""
Everything at once: 50 services print as fast as they can while svlog is killed, its files are rotated, moved away and deleted,
and the disk fills and empties. Every number is there once and in order, or in a counted gap.

The size here is for everyday; `make log-torture` runs it in full.
"""

import contextlib
import os
import random
import re
import shutil
import subprocess
import sys
import threading
import time

import pytest

sys.path.insert(0, os.path.dirname(__file__))
from svlog_driver import BUILD, Svlog  # noqa: E402

FULL = os.environ.get("SVINIT_LOG_TORTURE") == "full"
SERVICES = 50
LINES = 100_000 if FULL else 4_000
KILLS = 100 if FULL else 12
SEED = int(os.environ.get("SEED", "0")) or random.randrange(1 << 30)
WRITER = os.path.abspath(os.path.join(BUILD, "tests", "integration", "number_writer"))
GAP = re.compile(rb"svlog: (\d+) lines \((\d+) bytes\) lost: ")


@pytest.fixture
def small_disk(tmp_path):
    path = tmp_path / "disk"
    path.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(path)],
                                           check=False).returncode:
        pytest.skip("needs the right to mount a tmpfs")
    yield path
    subprocess.run(["umount", str(path)], check=True)


class Collector:
    """Takes what svlog has finished, or is made to finish, to where there is room; so nothing is removed for want of it."""

    def __init__(self, svlog, store, rng, writers):
        self.svlog, self.store, self.rng, self.writers, self.order = svlog, store, rng, writers, {}

    def keep(self, unit, path):
        number = self.order[unit] = self.order.get(unit, 0) + 1
        directory = self.store / unit
        directory.mkdir(exist_ok=True)
        shutil.copyfile(path, directory / ("%08d" % number))

    def rotated(self, unit):
        for name in sorted(os.listdir(os.path.join(self.svlog.directory, unit))):
            if name[0].isdigit():
                path = self.svlog.path(unit, name)
                self.keep(unit, path)
                os.unlink(path)

    def flush_takes(self):
        begin = time.monotonic()
        self.svlog.flush(120)
        return time.monotonic() - begin

    def writers_live(self):
        return any(writer.poll() is None for writer in self.writers)

    def take_current(self, unit):
        """Takes the current file away from underneath svlog; svlog may write to it for a moment still."""
        self.rotated(unit)
        away = self.store / "away"
        link = self.svlog.path(unit, "taken")
        try:
            if self.rng.random() < 0.5:
                os.rename(self.svlog.path(unit), link)
            else:
                os.link(self.svlog.path(unit), link)
                os.unlink(self.svlog.path(unit))
        except FileNotFoundError:
            return
        # With a full disk a flush is answered before all is written, and late. There is a new file when this one has the rest
        # of a write.
        while self.flush_takes() > 1.5 or self.writers_live():
            if os.path.exists(self.svlog.path(unit)):
                break
        shutil.move(link, away)
        self.keep(unit, away)
        away.unlink()


def units(svlog):
    with contextlib.suppress(FileNotFoundError):
        return [name for name in os.listdir(svlog.directory) if name.startswith("unit")]
    return []


def torment(svlog, collector, disk, rng, writers):
    ballast, kills = disk / "ballast", 0
    while kills < KILLS or any(writer.poll() is None for writer in writers):
        time.sleep(rng.random() ** 2 * 0.2)
        for unit in units(svlog):
            collector.rotated(unit)
        deed = rng.randrange(4)
        if deed == 0:
            svlog.rotate()
        elif deed == 1 and units(svlog):
            collector.take_current(rng.choice(units(svlog)))
        elif deed == 2:
            status = os.statvfs(disk)
            with contextlib.suppress(OSError):
                ballast.write_bytes(b"x" * max(0, status.f_bavail * status.f_frsize - rng.randrange(200_000)))
            time.sleep(rng.random() * 0.3)
            if rng.random() < 0.5:
                svlog.kill()
                svlog.start()
                kills += 1
            ballast.unlink()
        else:
            svlog.kill()
            svlog.start()
            kills += 1
    return kills


def check(content, count):
    """Returns how many lines are in gaps."""
    expected = lost = 0
    assert not content or content.endswith(b"\n")
    for line in content.splitlines():
        _, mark, _, text = line.split(b" ", 3)
        if mark == b"s":
            gap = GAP.match(text)
            assert gap, text
            expected += int(gap[1])
            lost += int(gap[1])
        else:
            assert int(text.split(b" ", 1)[0]) == expected, (text[:60], expected)
            expected += 1
    assert expected == count
    return lost


def test_every_number_is_there_once_or_counted(small_disk, tmp_path):
    rng = random.Random(SEED)
    print("SEED", SEED)
    store = tmp_path / "store"
    store.mkdir()
    with Svlog(str(small_disk / "log"), max_bytes=1 << 40) as svlog:
        writers = []
        for i in range(SERVICES):
            pipe = svlog.add(2 * i, "unit%d.service" % i, max_bytes=100 << 20, max_files=200)
            writers.append(subprocess.Popen([WRITER, str(LINES), str(SEED + i)], stdout=pipe.fd))
        collector = Collector(svlog, store, rng, writers)
        kills = torment(svlog, collector, small_disk, rng, writers)
        assert kills >= KILLS and all(writer.wait() == 0 for writer in writers)
        svlog.flush(120)
        lost = 0
        for i in range(SERVICES):
            unit = "unit%d.service" % i
            collector.rotated(unit)
            if os.path.exists(svlog.path(unit)):
                collector.keep(unit, svlog.path(unit))
            content = b"".join(path.read_bytes() for path in sorted((store / unit).iterdir()))
            lost += check(content, LINES)
        print("lines", SERVICES * LINES, "in gaps", lost, "kills", kills)
        assert svlog.finish() == 0

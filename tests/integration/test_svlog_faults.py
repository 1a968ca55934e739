"""Nothing is lost: svlog is killed, disks are full, nobody reads the console."""

import contextlib
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest

sys.path.insert(0, os.path.dirname(__file__))
from svlog_driver import BUILD, Svlog, deadline_loop  # noqa: E402

WRITER = r"""
import os, sys
name, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
import random
rng = random.Random(seed)
buffer = b""
for i in range(count):
    buffer += b"%s %d %s\n" % (name.encode(), i, b"." * rng.randrange(120))
    if i % 97 == 0:
        buffer += b"long %d %s\n" % (i, b"x" * rng.randrange(60000)) if i % 9700 == 0 else b""
    if len(buffer) > rng.choice((1, 100, 5000, 70000)):
        cut = rng.randrange(1, len(buffer) + 1)
        while cut:
            done = os.write(1, buffer[:cut])
            buffer, cut = buffer[done:], cut - done
while buffer:
    buffer = buffer[os.write(1, buffer):]
"""


def start_writer(pipe, name, count, seed):
    return subprocess.Popen([sys.executable, "-c", WRITER, name, str(count), str(seed)], stdout=pipe.fd)


def numbers(texts, name):
    prefix = name.encode() + b" "
    return [int(text.split(b" ")[1]) for text in texts if text.startswith(prefix)]


def joined(records, mark):
    """The lines of one stream, those that were split whole again."""
    lines, parts = [], []
    for kind, _, text in records:
        if kind.lower() == mark:
            parts.append(text)
            if kind.islower():
                lines.append(b"".join(parts))
                parts = []
    assert not parts
    return lines


@pytest.mark.parametrize("max_bytes", [1 << 30, 0])
def test_kill_at_any_moment_loses_and_doubles_nothing(tmp_path, max_bytes):
    writers, lines, kills = 6, 60_000, 60
    options = {"max_bytes": 64 << 20, "max_files": 200} if max_bytes == 0 else {"max_bytes": max_bytes}
    rng = random.Random(max_bytes)
    with Svlog(str(tmp_path / "log")) as svlog:
        processes = []
        for i in range(writers):
            unit = "unit%d.service" % (i // 2)
            pipe = svlog.add(i, unit, is_error=i % 2, **options)
            processes.append(start_writer(pipe, "w%d" % i, lines, i))
        done = 0
        while done < kills or any(process.poll() is None for process in processes):
            time.sleep(rng.random() ** 3 * 0.05)
            svlog.kill()
            done += 1
            svlog.start()
        assert done >= kills
        svlog.flush(60)
        for i in range(writers):
            unit, mark = "unit%d.service" % (i // 2), "oe"[i % 2]
            found = numbers(joined(svlog.records(unit), mark), "w%d" % i)
            assert found == list(range(lines)), "writer %d" % i
        assert svlog.finish() == 0


def test_kill_while_lines_are_partial(tmp_path):
    with Svlog(str(tmp_path / "log")) as svlog:
        pipe = svlog.add(2, "a.service")
        for i in range(30):
            pipe.write(b"%d " % i)
            svlog.flush()
            svlog.kill()
            svlog.start()
        pipe.write(b"\n")
        svlog.flush()
        assert svlog.texts("a.service") == [b"".join(b"%d " % i for i in range(30))]


def test_pending_bytes_of_a_stream_that_is_not_told_of_again_are_written(tmp_path):
    with Svlog(str(tmp_path / "log")) as svlog:
        svlog.add(2, "a.service").write(b"partial")
        svlog.flush()
        svlog.kill()
        pipe, *_ = svlog.streams.pop(2)
        pipe.close()
        svlog.start()
        assert svlog.finish() == 0
        assert svlog.texts("a.service") == [b"partial"]


def test_records_wait_in_the_socket_for_the_next_svlog(tmp_path):
    with Svlog(str(tmp_path / "log")) as svlog:
        svlog.flush()
        svlog.process.send_signal(signal.SIGSTOP)
        for i in range(20):
            svlog.record("", "record %d" % i, cookie=i + 1)
        svlog.kill()
        svlog.start()
        svlog.flush()
        assert svlog.texts("svinit") == [b"record %d" % i for i in range(20)]


def read_only_where_possible(svlog):
    """A directory in which nothing can be made, root or not: a file has its name."""
    shutil.rmtree(svlog.directory, ignore_errors=True)
    with open(svlog.directory, "w"):
        pass


def check_numbers_and_gaps(svlog, unit, count):
    """Every number once and in order, or in a counted gap. Returns how many were lost."""
    expected, lost = 0, 0
    for mark, _, text in svlog.records(unit):
        gap = re.match(rb"svlog: (\d+) lines \((\d+) bytes\) lost: ", text)
        if gap:
            assert mark == "s"
            expected += int(gap.group(1))
            lost += int(gap.group(1))
        else:
            assert int(text.split(b" ")[0]) == expected, text
            expected += 1
    assert expected == count
    return lost


def test_a_disk_that_cannot_be_written_to_leaves_a_counted_gap(tmp_path):
    with Svlog(str(tmp_path / "log")) as svlog:
        read_only_where_possible(svlog)
        pipe = svlog.add(2, "a.service", max_bytes=1 << 30)
        count = 60_000
        thread = threading.Thread(
            target=lambda: [pipe.write(b"".join(b"%d %s\n" % (i * 100 + j, b"." * (j % 37)) for j in range(100)))
                            for i in range(count // 100)])
        thread.start()
        thread.join(60)
        assert not thread.is_alive(), "a full disk holds a service up"
        svlog.kill()
        svlog.start()
        os.unlink(svlog.directory)
        for _ in deadline_loop(10, "the file"):
            if os.path.exists(svlog.path("a.service")):
                break
        svlog.flush()
        pipe.write(b"%d end\n" % count)
        svlog.flush()
        assert check_numbers_and_gaps(svlog, "a.service", count + 1) > 0


def test_a_short_trouble_loses_nothing(tmp_path):
    with Svlog(str(tmp_path / "log")) as svlog:
        read_only_where_possible(svlog)
        pipe = svlog.add(2, "a.service")
        for i in range(1000):
            pipe.write(b"%d\n" % i)
        time.sleep(0.3)
        os.unlink(svlog.directory)
        svlog.flush()
        assert check_numbers_and_gaps(svlog, "a.service", 1000) == 0


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 64 MiB."""
    path = tmp_path / "disk"
    path.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(path)]).returncode:
        pytest.skip("needs the right to mount a tmpfs")
    yield path
    subprocess.run(["umount", str(path)], check=True)


def fill(ballast, disk, leave):
    """Leaves about so many bytes free on the disk."""
    status = os.statvfs(disk)
    ballast.write_bytes(b"x" * max(0, status.f_bavail * status.f_frsize - leave))


def test_a_write_that_a_full_disk_cuts_is_completed(small_disk):
    with Svlog(str(small_disk / "log")) as svlog:
        ballast = small_disk / "ballast"
        fill(ballast, small_disk, 12_288)
        pipe, other = svlog.add(2, "a.service"), svlog.add(3, "a.service", is_error=1)
        pipe.write(b"".join(b"%d %s\n" % (i, b"." * 50) for i in range(500)))
        for _ in deadline_loop(10, "the full disk"):
            if os.path.exists(svlog.path("a.service")) and os.path.getsize(svlog.path("a.service")) > 4000:
                break
        other.write(b"other\n")
        for _ in range(5):
            svlog.kill()
            svlog.start()
        os.unlink(ballast)
        svlog.flush()
        assert numbers([b"n " + text for text in joined(svlog.records("a.service"), "o")], "n") == list(range(500))
        assert joined(svlog.records("a.service"), "e") == [b"other"]


def test_a_disk_that_fills_and_empties_under_load_and_kills(small_disk):
    rng = random.Random(3)
    with Svlog(str(small_disk / "log")) as svlog:
        ballast = small_disk / "ballast"
        pipe = svlog.add(2, "a.service", max_bytes=1 << 30)
        count = 100_000

        def write():
            for i in range(count // 100):
                pipe.write(b"".join(b"%d %s\n" % (i * 100 + j, b"." * (j % 37)) for j in range(100)))
                time.sleep(0.001)

        thread = threading.Thread(target=write)
        thread.start()
        while thread.is_alive():
            with contextlib.suppress(OSError):  # svlog may be faster in taking the last bytes
                fill(ballast, small_disk, rng.randrange(100_000))
            time.sleep(0.1 + rng.random() * 0.3)
            svlog.kill()
            svlog.start()
            ballast.unlink()
            time.sleep(rng.random() * 0.1)
        svlog.flush()
        assert check_numbers_and_gaps(svlog, "a.service", count) > 0


def test_a_console_that_nobody_reads_holds_nothing_up(tmp_path):
    reader, writer = os.pipe()
    with Svlog(str(tmp_path / "log"), stdout=writer, console=1) as svlog:
        os.close(writer)
        pipe = svlog.add(2, "a.service", max_bytes=1 << 30)
        for i in range(300):
            pipe.write(b"".join(b"%d %s\n" % (i * 100 + j, b"." * 60) for j in range(100)))
        svlog.flush()
        assert len(svlog.texts("a.service")) == 30_000
        received = b""
        while b"skipped" not in received:
            received += os.read(reader, 65536)
        lines = received.split(b"\n")
        skipped = int(re.search(rb"svlog: console: (\d+) lines skipped", received).group(1))
        shown = [line for line in lines if line.startswith(b"a | ")]
        for i, line in enumerate(shown):
            assert line.startswith(b"a | %d ." % i) and len(line) == len(b"a | %d " % i) + 60
        assert len(shown) + skipped == 30_000
        pipe.write(b"again\n")
        svlog.flush()
        assert os.read(reader, 65536) == b"a | again\n"
    os.close(reader)


def test_a_closed_console_holds_nothing_up(tmp_path):
    reader, writer = os.pipe()
    with Svlog(str(tmp_path / "log"), stdout=writer, console=1) as svlog:
        os.close(writer)
        os.close(reader)
        pipe = svlog.add(2, "a.service")
        pipe.write(b"one\n")
        svlog.flush()
        pipe.write(b"two\n")
        svlog.flush()
        assert svlog.texts("a.service") == [b"one", b"two"]
        assert svlog.finish() == 0


def test_console_shows_units_and_makes_escapes_harmless(tmp_path):
    with open(tmp_path / "console", "wb") as console:
        with Svlog(None, stdout=console, console=1, files=0) as svlog:
            svlog.add(2, "a.service").write(b"plain\n\x1b[2J\ttab\x00\xff \xc2\x9b\n")
            svlog.flush()
            svlog.add(4, "b.target", prefix="custom").write("gr\u00fcn\n".encode())
            svlog.flush()
            svlog.record("", "own words")
            svlog.flush()
    assert (tmp_path / "console").read_text() == (
        "a | plain\na | \\x1b[2J\ttab\\x00\\xff \\xc2\\x9b\ncustom | grün\nsvinit | own words\n")


def test_colours_are_the_same_in_each_run(tmp_path):
    shown = []
    for _ in range(2):
        with open(tmp_path / "console", "wb") as console:
            with Svlog(None, stdout=console, console=1, color=1, files=0) as svlog:
                svlog.add(2, "a.service").write(b"x\n<3>error\n")
                svlog.flush()
        shown.append((tmp_path / "console").read_bytes())
    assert shown[0] == shown[1]
    assert re.fullmatch(rb"\x1b\[\d\dma \| \x1b\[0mx\n\x1b\[\d\dma \| \x1b\[0;31merror\x1b\[0m\n", shown[0])


def test_idle_svlog_is_small(tmp_path):
    def pss(pid):
        with open("/proc/%d/smaps_rollup" % pid) as rollup:
            return int(re.search(r"^Pss:\s+(\d+)", rollup.read(), re.M).group(1))

    with Svlog(str(tmp_path / "log")) as svlog:
        svlog.add(0, "a.service").write(b"x\n")
        svlog.flush()
        one = pss(svlog.process.pid)
        for i in range(2, 1002):
            svlog.add(i, "unit%d.service" % (i // 2))
        svlog.flush()
        many = pss(svlog.process.pid)
        print("PSS", one, many)
        # The sanitizers keep room around each piece of memory.
        assert many - one < (900 if "sanitize" in BUILD else 300)


def test_a_directory_that_becomes_writable_later(tmp_path):
    with open(tmp_path / "console", "wb") as console:
        directory = tmp_path / "log"
        directory.write_bytes(b"")
        with Svlog(str(directory), stdout=console, console=1, later=1) as svlog:
            pipe = svlog.add(2, "a.service")
            for i in range(10):
                pipe.write(b"%d\n" % i)
                svlog.flush()
            svlog.kill()
            svlog.start()
            directory.unlink()
            for i in deadline_loop(20, "the file"):
                pipe.write(b"more\n")
                svlog.flush()
                if os.path.exists(svlog.path("a.service")):
                    break
            svlog.flush()
            shown = (tmp_path / "console").read_bytes().count(b"a | ")
            kept = len(svlog.texts("a.service"))
            notice, = svlog.texts("svinit")
            missing = int(re.search(rb"(\d+) lines before this went to the console only", notice).group(1))
            assert missing >= 10 and kept + missing == shown


@pytest.mark.parametrize("json", [0, 1])
def test_a_file_that_was_deleted_is_counted(tmp_path, json):
    with Svlog(str(tmp_path / "log")) as svlog:
        pipe = svlog.add(2, "a.service", json=json)
        pipe.write(b"".join(b"%d\n" % i for i in range(1234)))
        svlog.flush()
        size = os.path.getsize(svlog.path("a.service"))
        os.unlink(svlog.path("a.service"))
        pipe.write(b"more\nand more\n")
        svlog.flush()
        content = svlog.content("a.service")
        gap = re.search(rb"svlog: (\d+) lines \((\d+) bytes\) lost: the file was removed", content)
        assert (int(gap[1]), int(gap[2])) == (1234, size)
        assert content.index(gap[0]) < content.index(b"more")


def test_a_file_that_was_cut_is_told_of(tmp_path):
    with Svlog(str(tmp_path / "log")) as svlog:
        pipe = svlog.add(2, "a.service")
        pipe.write(b"".join(b"%d\n" % i for i in range(100)))
        svlog.flush()
        size = os.path.getsize(svlog.path("a.service"))
        os.truncate(svlog.path("a.service"), 0)
        pipe.write(b"more\n")
        svlog.flush()
        assert svlog.texts("a.service") == [b"svlog: %d bytes lost: the file was cut" % size, b"more"]


def test_a_directory_that_vanishes_is_made_again(tmp_path):
    with Svlog(str(tmp_path / "log")) as svlog:
        pipe = svlog.add(2, "a.service")
        pipe.write(b"one\ntwo\n")
        svlog.flush()
        shutil.rmtree(svlog.directory)
        pipe.write(b"three\n")
        svlog.flush()
        lost, three = svlog.texts("a.service")
        assert lost.startswith(b"svlog: 2 lines (") and three == b"three"


def test_a_line_of_100_mib(tmp_path):
    with Svlog(str(tmp_path / "log")) as svlog:
        pipe = svlog.add(2, "a.service", max_bytes=1 << 30, max_files=10)
        size = 100 << 20

        def write():
            block = bytes(range(32, 127)) * 1000
            left = size
            while left:
                left -= os.write(pipe.fd, block[:left])
            os.write(pipe.fd, b"\nnext\n")
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
        svlog.flush(60)
        lines = joined(svlog.records("a.service"), "o")
        assert [len(line) for line in lines] == [size, 4]


def test_a_slow_disk_holds_svlog_only(tmp_path):
    """Nobody is worse off than by a full pipe: svlog stopped for a while, then everything is there."""
    with Svlog(str(tmp_path / "log")) as svlog:
        pipe = svlog.add(2, "a.service")
        svlog.flush()
        svlog.process.send_signal(signal.SIGSTOP)
        for i in range(500):
            pipe.write(b"%d\n" % i)
        svlog.process.send_signal(signal.SIGCONT)
        svlog.flush()
        assert svlog.texts("a.service") == [b"%d" % i for i in range(500)]

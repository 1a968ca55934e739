"""`svctl logs` on a log directory, without a running svinit."""

import json
import os
import subprocess
import sys
import threading
import time

import pytest

sys.path.insert(0, os.path.dirname(__file__))
from svlog_driver import BUILD, Svlog  # noqa: E402

SVCTL = os.path.abspath(os.path.join(BUILD, "svctl"))


@pytest.fixture
def svlog(tmp_path):
    with Svlog(str(tmp_path / "log")) as running:
        yield running


def command(svlog, *arguments):
    return [SVCTL, "--runtime-dir", svlog.directory + ".none", "logs", "-D", svlog.directory, *arguments]


def logs(svlog, *arguments, status=0):
    done = subprocess.run(command(svlog, *arguments), capture_output=True, timeout=30)
    assert done.returncode == status, done.stderr
    return done.stdout if status == 0 else done.stderr


def cat(svlog, *arguments):
    return logs(svlog, "-o", "cat", *arguments).decode().split("\n")[:-1]


def fill(svlog):
    """Numbers, in turn into a and b."""
    a, b = svlog.add(2, "a.service"), svlog.add(4, "b.service")
    for i in range(20):
        (a, b)[i % 2].write(b"%d\n" % i)
        svlog.flush()
        if i % 7 == 6:
            svlog.rotate()
            svlog.flush()
    return a, b


def test_units_are_merged_by_time(svlog):
    fill(svlog)
    assert cat(svlog) == [str(i) for i in range(20)]
    assert cat(svlog, "-u", "a") == [str(i) for i in range(0, 20, 2)]
    assert cat(svlog, "b.service") == [str(i) for i in range(1, 20, 2)]
    assert cat(svlog, "-u", "[ab].*") == [str(i) for i in range(20)]
    assert cat(svlog, "-u", "none") == []


@pytest.mark.parametrize("count", [0, 1, 3, 15, 20, 100])
def test_the_last_lines(svlog, count):
    fill(svlog)
    assert cat(svlog, "-n", str(count)) == [str(i) for i in range(20)][20 - min(count, 20):]
    assert cat(svlog, "-u", "a", "-n", str(count)) == [str(i) for i in range(0, 20, 2)][10 - min(count, 10):]


def test_reverse_and_filters(svlog):
    a, _ = fill(svlog)
    a.write(b"<3>an error of 17\n<4>a warning\n")
    svlog.flush()
    assert cat(svlog, "-r", "-n", "4") == ["a warning", "an error of 17", "19", "18"]
    assert cat(svlog, "-p", "err") == ["an error of 17"]
    assert cat(svlog, "-p", "4") == ["an error of 17", "a warning"]
    assert cat(svlog, "-g", "^[0-9]*7|error") == ["7", "17", "an error of 17"]
    assert cat(svlog, "-g", "7", "-n", "2") == ["17", "an error of 17"]


def test_since_and_until(svlog):
    a, _ = fill(svlog)
    time.sleep(1.1)
    middle = time.time()
    a.write(b"late\n")
    svlog.flush()
    assert cat(svlog, "-S", "@%d" % middle) == ["late"]
    assert cat(svlog, "-U", "@%d" % middle) == [str(i) for i in range(20)]
    assert cat(svlog, "-S", "-1h", "-u", "a", "-n", "1") == ["late"]
    assert cat(svlog, "-S", "1h ago")[-1] == "late"
    assert cat(svlog, "-S", "tomorrow") == []


@pytest.mark.parametrize("arguments", [("-o", "xml"), ("-n5x",), ("-n", "-1"), ("-p", "9"), ("-S", "whenever"),
                                       ("-g", "("), ("-u", "a/../b"), ("-f", "-r")])
def test_bad_options_are_refused(svlog, arguments):
    fill(svlog)
    assert b"svctl: " in logs(svlog, *arguments, status=1)


def test_a_missing_directory_is_told(svlog):
    svlog.flush()
    os.rename(svlog.directory, svlog.directory + ".away")
    assert svlog.directory.encode() in logs(svlog, status=1)


def test_formats(svlog):
    svlog.add(2, "a.service").write(b"<4>tricky \x1b[2J \xff\n")
    svlog.flush()
    assert logs(svlog, "-o", "cat") == b"tricky \x1b[2J \xff\n"
    assert logs(svlog).endswith(b" a: tricky \\x1b[2J \\xff\n")
    record = json.loads(logs(svlog, "-o", "json"))
    assert bytes(record["MESSAGE"]) == b"tricky \x1b[2J \xff"
    assert (record["UNIT"], record["PRIORITY"], record["_STREAM"]) == ("a.service", "4", "stdout")
    assert b"    PRIORITY=4\n" in logs(svlog, "-o", "verbose")


def test_json_files_are_read_like_others(svlog):
    svlog.add(2, "a.service", json=1).write(b"<3>one \x1b\n\xff\n")
    svlog.flush()
    assert logs(svlog, "-o", "cat") == b"one \x1b\n\xff\n"
    assert logs(svlog, "-o", "cat", "-p", "3") == b"one \x1b\n"


def test_long_lines_are_joined_by_cat(svlog):
    svlog.add(2, "a.service").write(b"x" * 60_000 + b"\n")
    svlog.flush()
    assert logs(svlog, "-o", "cat") == b"x" * 60_000 + b"\n"


def test_following_over_rotation_kills_and_new_units(svlog):
    a = svlog.add(2, "a.service", max_bytes=64 << 20, max_files=100)
    a.write(b"old\nlast\n")
    svlog.flush()
    follower = subprocess.Popen(command(svlog, "-f", "-n", "1", "-o", "cat"), stdout=subprocess.PIPE)
    assert follower.stdout.readline() == b"last\n"
    expected = [b"%d %s\n" % (i, b"." * 50) for i in range(20_000)]

    def write():
        for i in range(0, len(expected), 500):
            a.write(b"".join(expected[i:i + 500]))
            svlog.rotate("a.service")
            if i % 4000 == 0:
                svlog.kill()
                svlog.start()

    writer = threading.Thread(target=write)
    writer.start()
    received = [follower.stdout.readline() for _ in expected]
    writer.join()
    assert received == expected
    svlog.add(4, "new.service").write(b"newcomer\n")
    assert follower.stdout.readline() == b"newcomer\n"
    follower.terminate()
    follower.communicate()

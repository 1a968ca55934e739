"""svlog by itself: from pipes into files and onto the console."""

import json
import os
import random
import re
import signal
import stat
import subprocess
import sys
import threading
import time

import pytest

sys.path.insert(0, os.path.dirname(__file__))
from svlog_driver import PROGRAM, Pipe, Svlog, configure, deadline_loop, message, stream, ADD_STREAM  # noqa: E402

STAMP = re.compile(rb"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}[+-]\d\d:\d\d$")


@pytest.fixture
def directory(tmp_path):
    return str(tmp_path / "log")


@pytest.fixture
def svlog(directory):
    with Svlog(directory) as running:
        yield running


def test_a_line_becomes_a_record(svlog):
    svlog.add(2, "web.service").write(b"hello\n")
    svlog.flush()
    line, = open(svlog.path("web.service"), "rb").read().splitlines()
    time_stamp, mark, priority, text = line.split(b" ", 3)
    assert STAMP.match(time_stamp)
    assert (mark, priority, text) == (b"o", b"6", b"hello")


def test_streams_and_levels_are_told_apart(svlog):
    output, error = svlog.add(2, "a.service"), svlog.add(3, "a.service", is_error=1, level=4)
    output.write(b"<3>bad\n<30>facility\n<>none\n<8x>none\nplain\n")
    svlog.flush()
    error.write(b"oops\n")
    svlog.flush()
    assert svlog.records("a.service") == [("o", 3, b"bad"), ("o", 6, b"facility"), ("o", 6, b"<>none"),
                                          ("o", 6, b"<8x>none"), ("o", 6, b"plain"), ("e", 4, b"oops")]


def test_level_prefix_off_and_level_max(svlog):
    svlog.add(2, "a.service", level_prefix=0).write(b"<3>kept\n")
    svlog.add(4, "b.service", level_max=4).write(b"<3>kept\n<6>gone\n<4>kept\n")
    svlog.flush()
    assert svlog.texts("a.service") == [b"<3>kept"]
    assert svlog.texts("b.service") == [b"kept", b"kept"]


def test_bytes_are_kept_as_they_are(svlog):
    data = bytes(b for b in range(256) if b != 10)
    svlog.add(2, "a.service", level_prefix=0).write(data + b"\n")
    svlog.flush()
    assert svlog.texts("a.service") == [data]


def test_files_are_made_at_the_first_record_and_private(svlog):
    svlog.add(2, "quiet.service")
    svlog.add(4, "loud.service").write(b"x\n")
    svlog.flush()
    assert os.listdir(svlog.directory) == ["loud.service"]
    assert stat.S_IMODE(os.stat(os.path.join(svlog.directory, "loud.service")).st_mode) == 0o750
    assert stat.S_IMODE(os.stat(svlog.path("loud.service")).st_mode) == 0o640


@pytest.mark.parametrize("name", ["../evil", "a/b", "..", ".hidden", "", "x\ny", "n" * 300])
def test_bad_unit_names_are_refused(svlog, name):
    svlog.add(2, name).write(b"x\n")
    svlog.flush()
    assert not os.path.exists(svlog.directory) or os.listdir(svlog.directory) == []
    assert os.listdir(os.path.dirname(svlog.directory)) in ([], ["log"])


def test_symbolic_links_are_not_followed(svlog, tmp_path):
    target = tmp_path / "target"
    target.write_bytes(b"")
    os.makedirs(os.path.join(svlog.directory, "a.service"))
    os.symlink(target, svlog.path("a.service"))
    svlog.add(2, "a.service").write(b"x\n")
    svlog.flush()
    assert target.read_bytes() == b""


def test_a_partial_line_waits_for_its_end(svlog):
    pipe = svlog.add(2, "a.service")
    pipe.write(b"first\nhalf ")
    svlog.flush()
    assert svlog.texts("a.service") == [b"first"]
    pipe.write(b"whole\n")
    svlog.flush()
    assert svlog.texts("a.service") == [b"first", b"half whole"]


def test_drop_writes_the_rest(svlog):
    svlog.add(2, "a.service").write(b"one\nno end")
    svlog.drop(2)
    assert svlog.texts("a.service") == [b"one", b"no end"]


def test_long_lines_are_split_and_marked(svlog):
    pipe = svlog.add(2, "a.service")
    text = b"<3>" + bytes(random.Random(1).randrange(32, 127) for _ in range(200_000))
    thread = threading.Thread(target=lambda: pipe.write(text + b"\nnext\n"))
    thread.start()
    thread.join()
    svlog.flush()
    records = svlog.records("a.service")
    assert [mark for mark, _, _ in records] == ["O"] * 4 + ["o", "o"]
    assert b"".join(part for _, _, part in records[:-1]) == text[3:]
    assert {priority for _, priority, _ in records[:-1]} == {3}
    assert records[-1] == ("o", 6, b"next")


def test_a_split_keeps_characters_whole(svlog):
    pipe = svlog.add(2, "a.service")
    text = "x" + "\u20ac" * 30_000
    pipe.write(text.encode() + b"\n")
    svlog.flush()
    parts = svlog.texts("a.service")
    assert len(parts) == 2
    assert "".join(part.decode() for part in parts) == text


def test_rotation_holds_the_cap(svlog):
    pipe = svlog.add(2, "a.service", max_bytes=1 << 20, max_files=4)
    biggest = 0
    for i in range(200):
        pipe.write(b"".join(b"%06d %s\n" % (i * 200 + j, b"." * 90) for j in range(200)))
        if i % 10 == 9:
            svlog.flush()
            biggest = max(biggest, sum(os.path.getsize(path) for path in svlog.files("a.service")))
    svlog.flush()
    assert 1 << 19 < biggest <= 1 << 20
    assert 2 <= len(svlog.files("a.service")) <= 4
    numbers = [int(text[:6]) for text in svlog.texts("a.service")]
    assert numbers == list(range(numbers[0], 40_000))


def test_rotation_on_demand(svlog):
    pipe = svlog.add(2, "a.service")
    for i in range(3):
        pipe.write(b"%d\n" % i)
        svlog.flush()
        svlog.rotate("a.service")
        svlog.flush()
    svlog.rotate()
    svlog.flush()
    assert len(svlog.files("a.service")) == 3
    assert svlog.texts("a.service") == [b"0", b"1", b"2"]


@pytest.mark.parametrize("how", ["remove", "rename", "directory"])
def test_a_file_that_vanished_is_made_again(svlog, how):
    pipe = svlog.add(2, "a.service")
    pipe.write(b"one\n")
    svlog.flush()
    if how == "remove":
        os.unlink(svlog.path("a.service"))
    elif how == "rename":
        os.rename(svlog.path("a.service"), svlog.path("a.service", "moved"))
    else:
        os.rename(svlog.directory, svlog.directory + ".old")
    pipe.write(b"two\n")
    svlog.flush()
    assert open(svlog.path("a.service"), "rb").read().endswith(b" two\n")


def test_end_of_file_ends_a_stream(svlog):
    reader, writer = os.pipe()
    svlog.send(stream(ADD_STREAM, 2) + b"a.service\0\0\0", reader)
    os.close(reader)
    os.write(writer, b"last")
    os.close(writer)
    for _ in deadline_loop(10, "the last line"):
        if os.path.exists(svlog.path("a.service")) and svlog.texts("a.service"):
            break
    assert svlog.texts("a.service") == [b"last"]


def test_svinits_own_words(svlog):
    svlog.record("", "starting")
    svlog.record("a.service", "started", cookie=7)
    svlog.record("a.service", "started", cookie=7)
    svlog.flush()
    assert svlog.records("svinit") == [("s", 5, b"starting")]
    assert svlog.records("a.service") == [("s", 5, b"started")]


def test_json_files(svlog):
    svlog.add(2, "a.service", identifier="app", json=1, pid=42).write(b'say "hi"\x1b\n\xff\n')
    svlog.flush()
    first, second = [json.loads(line) for line in open(svlog.path("a.service"), "rb")]
    assert first["MESSAGE"] == 'say "hi"\x1b'
    assert second["MESSAGE"] == [255]
    assert (first["UNIT"], first["SYSLOG_IDENTIFIER"], first["_PID"]) == ("a.service", "app", "42")
    assert (first["PRIORITY"], first["_STREAM"]) == ("6", "stdout")
    assert abs(int(first["__REALTIME_TIMESTAMP"]) / 1e6 - time.time()) < 60


def test_rate_limit_tells_what_it_kept_out(svlog):
    pipe = svlog.add(2, "a.service", rate_burst=5, rate_interval=300_000)
    pipe.write(b"".join(b"%d\n" % i for i in range(20)))
    svlog.flush()
    assert svlog.texts("a.service") == [b"%d" % i for i in range(5)]
    time.sleep(0.35)
    pipe.write(b"later\n")
    svlog.flush()
    assert svlog.records("a.service")[5:] == [("s", 4, b"svlog: 15 lines suppressed by LogRateLimitBurst="),
                                              ("o", 6, b"later")]


def test_term_drains_and_ends(svlog):
    svlog.add(2, "a.service").write(b"one\nhalf")
    svlog.flush()
    svlog.process.send_signal(signal.SIGINT)
    svlog.process.send_signal(signal.SIGTERM)
    assert svlog.process.wait(10) == 0
    assert svlog.texts("a.service") == [b"one", b"half"]


def test_garbage_messages_are_ignored(svlog):
    rng = random.Random(5)
    for size in list(range(1, 120)) + [8192]:
        svlog.send(bytes(rng.randrange(256) for _ in range(size)))
        svlog.send((message(rng.choice([0, 1, 2, 3, 4, 7])) + bytes(rng.randrange(256) for _ in range(size)))[:size])
    svlog.send(configure(svlog.directory))
    svlog.add(2, "a.service").write(b"alive\n")
    svlog.flush()
    assert svlog.texts("a.service") == [b"alive"]


def test_services_outlive_svinit(svlog):
    pipe = svlog.add(2, "a.service")
    writer = subprocess.Popen(["sh", "-c", "read line; echo $line; echo last"], stdin=subprocess.PIPE, stdout=pipe.fd)
    svlog.flush()
    pipe.close()
    svlog.streams = {}
    svlog.ours.close()
    svlog.theirs.close()
    with pytest.raises(subprocess.TimeoutExpired):
        svlog.process.wait(0.5)
    writer.communicate(b"words\n")
    assert svlog.process.wait(10) == 0
    assert svlog.texts("a.service") == [b"words", b"last"]


def test_many_streams(directory):
    with Svlog(directory) as svlog:
        pipes = [svlog.add(2 * i, "unit%d.service" % i) for i in range(400)]
        for round_number in range(3):
            for i, pipe in enumerate(pipes):
                pipe.write(b"%d %d\npartial " % (round_number, i))
        svlog.flush()
        for i in range(400):
            assert svlog.texts("unit%d.service" % i) == [b"0 %d" % i, b"partial 1 %d" % i, b"partial 2 %d" % i]
        assert svlog.finish() == 0

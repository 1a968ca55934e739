"""`svctl logs` on a long history: it reads what it must, not what there is. SVINIT_TEST_HISTORY_BYTES makes it longer."""

import datetime
import json
import os
import re
import subprocess
import sys
import time

import pytest

sys.path.insert(0, os.path.dirname(__file__))
from svlog_driver import BUILD  # noqa: E402

SVCTL = os.path.abspath(os.path.join(BUILD, "svctl"))
COMPRESSOR = os.path.abspath(os.path.join(BUILD, "svlog-compress"))
BYTES = int(os.environ.get("SVINIT_TEST_HISTORY_BYTES", str(64 << 20)))
FILES = 4
BEGIN = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
STEP = datetime.timedelta(milliseconds=20)
LINE = 160


def stamp(number):
    return (BEGIN + number * STEP).isoformat(timespec="microseconds")


def line(number):
    text = "%s o %d %010d " % (stamp(number), 3 if number % 1000 == 7 else 6, number)
    return (text + "." * (LINE - 1 - len(text)) + "\n").encode()


def block(first, count):
    """Lines fast: the stamps of a second's lines differ in few places."""
    return b"".join(line(number) for number in range(first, first + count))


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """Some rotated files and a current one; each number has its time, and stands at LINE times it."""
    top = tmp_path_factory.mktemp("history")
    unit = top / "a.service"
    unit.mkdir()
    total = BYTES // LINE // FILES * FILES
    for i in range(FILES):
        first, last = i * total // FILES, (i + 1) * total // FILES
        name = "current"
        if i < FILES - 1:
            name = (BEGIN + (last - 1) * STEP + datetime.timedelta(milliseconds=1)).strftime("%Y%m%dT%H%M%S.%fZ.log")
        with open(unit / name, "wb") as file:
            for begin in range(first, last, 50_000):
                file.write(block(begin, min(50_000, last - begin)))
    return top, total


@pytest.fixture(scope="module")
def packed(history):
    """The same, the rotated files compressed."""
    top, total = history
    copy = top.parent / (top.name + "-packed")
    unit = copy / "a.service"
    unit.mkdir(parents=True, exist_ok=True)
    for path in (top / "a.service").iterdir():
        os.link(path, unit / path.name)
    for path in sorted(unit.glob("2*.log")):
        subprocess.run([COMPRESSOR, path.name], cwd=unit, check=True)
    assert len(list(unit.glob("2*.log.zst"))) == FILES - 1
    return copy, total


def command(top, *arguments):
    return [SVCTL, "--runtime-dir", str(top) + ".none", "logs", "-D", str(top), *arguments]


def texts(top, *arguments):
    done = subprocess.run(command(top, "-o", "cat", *arguments), capture_output=True, timeout=120, check=True)
    return [int(text.split()[0]) for text in done.stdout.splitlines()]


def bytes_read(top, count, *arguments):
    """What it reads until it has shown so many records, by the kernel's count (proc(5), rchar)."""
    with subprocess.Popen(command(top, "-o", "cat", "-f", *arguments), stdout=subprocess.PIPE) as process:
        seen = [int(process.stdout.readline().split()[0]) for _ in range(count)]
        with open("/proc/%d/io" % process.pid, encoding="ascii") as io:
            read = int(re.search(r"rchar: (\d+)", io.read())[1])
        process.kill()
    return read, seen


def base_cost(top):
    """The loader and the libraries are read too."""
    return bytes_read(top, 1, "-n", "1")[0]


@pytest.mark.parametrize("kind", ["history", "packed"])
def test_the_last_lines_cost_a_few_pages(kind, request):
    top, total = request.getfixturevalue(kind)
    read, seen = bytes_read(top, 100, "-n", "100")
    assert seen == list(range(total - 100, total))
    assert read < base_cost(top) + (256 << 10)


@pytest.mark.parametrize("kind", ["history", "packed"])
@pytest.mark.parametrize("part", [0.01, 0.3, 0.6, 0.999])
def test_a_time_is_found_without_reading_what_is_before(kind, part, request):
    top, total = request.getfixturevalue(kind)
    number = int(total * part)
    read, seen = bytes_read(top, 10, "-S", stamp(number))
    assert seen == list(range(number, number + 10))
    assert read < base_cost(top) + (2 << 20)


@pytest.mark.parametrize("kind", ["history", "packed"])
def test_both_ends_and_backwards(kind, request):
    top, total = request.getfixturevalue(kind)
    first, last = total // 2 - 700, total // 2 + 700
    span = ("-S", stamp(first), "-U", stamp(last))
    assert texts(top, *span) == list(range(first, last + 1))
    assert texts(top, *span, "-r") == list(range(last, first - 1, -1))
    assert texts(top, *span, "-n", "5") == list(range(last - 4, last + 1))
    assert texts(top, *span, "-n", "5", "-r") == list(range(last, last - 5, -1))
    assert texts(top, "-U", stamp(10)) == list(range(11))
    assert texts(top, "-n", "3", "-p", "err") == [n for n in range(total) if n % 1000 == 7][-3:]
    assert texts(top, "-n", "2", "-g", "0(12|13)0 ") == [n for n in range(total) if n % 1000 in (120, 130)
                                                        and ("%010d" % n)[-4] == "0"][-2:]


def test_a_compressed_history_can_be_read_with_zstd(history, packed):
    names = sorted(path.name for path in (packed[0] / "a.service").glob("*.zst"))
    plain = (history[0] / "a.service" / names[0][:-4]).read_bytes()
    assert subprocess.run(["zstd", "-dcq", str(packed[0] / "a.service" / names[0])], capture_output=True,
                          check=True).stdout == plain


def test_a_damaged_compressed_file_is_passed_over(packed, tmp_path):
    unit = tmp_path / "log" / "a.service"
    unit.mkdir(parents=True)
    source = sorted((packed[0] / "a.service").glob("*.zst"))
    for path in source:
        (unit / path.name).write_bytes(path.read_bytes())
    data = bytearray((unit / source[0].name).read_bytes())
    for cut in (0, 5, len(data) // 2, len(data) - 1):
        (unit / source[0].name).write_bytes(data[:cut])
        assert texts(tmp_path / "log", "-n", "1")
    data[len(data) // 2] ^= 0xff
    (unit / source[0].name).write_bytes(data)
    assert texts(tmp_path / "log")[-1] == packed[1] * (FILES - 1) // FILES - 1


# What journalctl's options mean

def write(top, unit, *records):
    directory = top / unit
    directory.mkdir(parents=True, exist_ok=True)
    with open(directory / "current", "ab") as file:
        for number, mark, priority, text in records:
            file.write(b"%s %s %d %s\n" % (stamp(number).encode(), mark.encode(), priority, text))


def run(top, *arguments, status=0):
    done = subprocess.run(command(top, *arguments), capture_output=True, timeout=60, check=False,
                          env={**os.environ, "TZ": "UTC"})
    assert done.returncode == status, done.stderr
    return done.stdout.decode() + done.stderr.decode()


@pytest.fixture
def small(tmp_path):
    top = tmp_path / "log"
    write(top, "a.service", (0, "o", 6, b"zero"), (50, "e", 3, b"Fifty"), (100, "o", 4, b"hundred"))
    write(top, "b.service", (25, "o", 7, b"twenty five"), (75, "s", 5, b"of svinit"))
    write(top, "kernel", (60, "k", 2, b"oops"))
    return top


@pytest.mark.parametrize("arguments,expected", [
    (("-p", "err"), "Fifty oops"),
    (("-p", "4..3"), "Fifty hundred"),
    (("-p", "notice..notice"), "of svinit"),
    (("-g", "fifty|HUNDRED"), ""),
    (("-g", "fifty"), "Fifty"),
    (("-g", "fifty", "--case-sensitive"), ""),
    (("-g", "FIFTY", "--case-sensitive=no"), "Fifty"),
    (("-g", r"^\w{4}$"), "zero oops"),
    (("-k",), "oops"),
    (("--unit=b",), "twenty five of svinit"),
    (("-u", "a", "-u", "k*"), "zero Fifty oops hundred"),
    (("_SYSTEMD_UNIT=b.service",), "twenty five of svinit"),
    (("-t", "a"), "zero Fifty hundred"),
    (("-t", "kernel", "-t", "b"), "twenty five oops of svinit"),
    (("--since", "2026-01-01 00:00:01",), "Fifty oops of svinit hundred"),
    (("--since", "2026-01-01T00:00:01+00:00", "--until=2026-01-01 00:00:01.3Z"), "Fifty oops"),
    (("-U", "Thu 2026-01-01 01:00:00.5+01:00",), "zero twenty five"),
    (("-x", "-a", "-m", "--no-pager", "--no-hostname", "-q", "-n", "1"), "hundred"),
    (("-n", "all"), "zero twenty five Fifty oops of svinit hundred"),
    (("-n2", "-r"), "hundred of svinit"),
    (("-r", "-n"), "hundred of svinit oops Fifty twenty five zero"),
])
def test_which_records(small, arguments, expected):
    assert run(small, "-o", "cat", *arguments).split("\n")[:-1] == \
        [line for line in ("zero", "twenty five", "Fifty", "oops", "of svinit", "hundred") if line in expected] \
        if "-r" not in arguments else " ".join(run(small, "-o", "cat", *arguments).split("\n")[:-1]) == expected


@pytest.mark.parametrize("output,pattern", [
    ("short", r"Jan 01 00:00:01 a: Fifty"),
    ("short-precise", r"Jan 01 00:00:01\.000000 a: Fifty"),
    ("short-iso", r"2026-01-01T00:00:01\+0000 a: Fifty"),
    ("short-iso-precise", r"2026-01-01T00:00:01\.000000\+0000 a: Fifty"),
    ("short-full", r"Thu 2026-01-01 00:00:01 UTC a: Fifty"),
    ("short-unix", r"1767225601\.000000 a: Fifty"),
    ("with-unit", r"Thu 2026-01-01 00:00:01 UTC a\.service: Fifty"),
    ("cat", r"Fifty"),
])
def test_lines(small, output, pattern):
    assert re.fullmatch(pattern + "\n", run(small, "-o", output, "-g", "fifty"))


def test_objects(small):
    record = json.loads(run(small, "-o", "json", "-g", "fifty"))
    assert record["MESSAGE"] == "Fifty" and record["_SYSTEMD_UNIT"] == "a.service" and record["PRIORITY"] == "3"
    assert record == json.loads(run(small, "-o", "json-pretty", "-g", "fifty"))
    assert record == json.loads(run(small, "-o", "json-seq", "-g", "fifty").lstrip("\x1e"))
    assert record == json.loads(run(small, "-o", "json-sse", "-g", "fifty").split("data: ")[1])
    fields = json.loads(run(small, "-o", "json", "-g", "fifty", "--output-fields=MESSAGE,PRIORITY"))
    assert set(fields) == {"MESSAGE", "PRIORITY", "__REALTIME_TIMESTAMP"}
    exported = run(small, "-o", "export", "-g", "fifty")
    assert "MESSAGE=Fifty\n" in exported and exported.endswith("\n\n")
    assert "\n    PRIORITY=3\n" in run(small, "-o", "verbose", "-g", "fifty")


def test_export_of_what_is_no_text(small):
    write(small, "c.service", (200, "o", 6, b"bin\x01\xff"))
    done = subprocess.run(command(small, "-o", "export", "-u", "c"), capture_output=True, timeout=60, check=True)
    assert b"MESSAGE\n\x05\0\0\0\0\0\0\0bin\x01\xff\n" in done.stdout


def test_terminal_escapes_are_harmless_unless_raw_bytes_are_asked_for(small):
    write(small, "c.service", (200, "o", 6, b"\x1b]0;evil\x07 \xc2\x9b31m"))
    assert not {"\x1b", "\x07", "\u009b"} & set(run(small, "-u", "c")) and r"\x1b]0;evil\x07 \u009b31m" in run(small, "-u", "c")


def test_usage_and_vacuum(small):
    unit = small / "a.service"
    now = datetime.datetime.now(datetime.timezone.utc)
    for days in (40, 30, 20, 10):
        name = (now - datetime.timedelta(days=days)).strftime("%Y%m%dT%H%M%S.%fZ.log")
        (unit / name).write_bytes(b"x" * (1 << 20))
    assert "4.0M" in run(small, "--disk-usage")

    def left():
        return len(list(unit.glob("2*.log")))
    assert "Removed 1 log files, 1.0M" in run(small, "--vacuum-time=35d") and left() == 3
    run(small, "--vacuum-files=2")
    assert left() == 2
    run(small, "--vacuum-size=1500K")
    assert left() == 1
    run(small, "--vacuum-size=0")
    assert left() == 0 and (unit / "current").exists()
    run(small, "--vacuum-size=much", status=1)
    assert run(small, "--flush") == run(small, "--sync") == ""


def test_a_boot_that_is_not_known(small):
    assert "0 runs" in run(small, "-b", status=1)
    assert "not the number of a run" in run(small, "--boot=yes", status=1)


def test_a_follower_that_sleeps_through_rotation_and_compression(tmp_path):
    """Nothing twice, nothing missing, whatever the file is called meanwhile."""
    unit = tmp_path / "log" / "a.service"
    unit.mkdir(parents=True)
    (unit / "current").write_bytes(block(0, 1000))
    with subprocess.Popen(command(tmp_path / "log", "-o", "cat", "-f", "-n", "all"), stdout=subprocess.PIPE) as process:
        seen = [int(process.stdout.readline().split()[0]) for _ in range(1000)]
        os.kill(process.pid, 19)
        with open(unit / "current", "ab") as file:
            file.write(block(1000, 500))
        name = "20260101T000030.000000Z.log"
        os.rename(unit / "current", unit / name)
        (unit / "current").write_bytes(block(1500, 100))
        subprocess.run([COMPRESSOR, name], cwd=unit, check=True)
        os.kill(process.pid, 18)
        seen += [int(process.stdout.readline().split()[0]) for _ in range(600)]
        (unit / "current").open("ab").write(block(1600, 1))
        seen.append(int(process.stdout.readline().split()[0]))
        process.kill()
    assert seen == list(range(1601))


def test_a_reader_without_colours_and_pager(small):
    assert "\x1b" not in run(small)
    began = time.monotonic()
    run(small, "-e")
    assert time.monotonic() - began < 30

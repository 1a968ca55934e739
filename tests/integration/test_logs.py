"""Every printed line is kept, by unit, also when svlog dies."""
import contextlib
import os
import pathlib
import signal
import subprocess
import time

import pytest

from harness import BUILD, children_of, until


def printing(count, before=""):
    return ("[Service]\nType=oneshot\nRemainAfterExit=yes\n"
            f"ExecStart=/bin/sh -c '{before}i=0; while [ $i -lt {count} ]; do i=$((i+1)); echo line-$i; done'\n")


def numbers(lines):
    return [int(line.rpartition("line-")[2]) for line in lines if "line-" in line]


def test_lines_are_kept_by_unit_and_in_order(svinit):
    sv = svinit({"one": printing(1000), "two": "[Service]\nExecStart=/bin/sh -c 'echo out; echo err >&2'\n"})
    until(lambda: len(numbers(sv.log_lines("one"))) == 1000, "a thousand lines")
    assert numbers(sv.log_lines("one")) == list(range(1, 1001))
    sv.until_logged("two", "out")
    sv.until_logged("two", "err")


def test_records_have_a_time(svinit):
    sv = svinit({"one": printing(1)})
    sv.until_logged("one", "line-1")
    line = next(line for line in sv.log_lines("one") if "line-1" in line)
    time.strptime(line[:19], "%Y-%m-%dT%H:%M:%S")


def svlog_of(sv):
    for pid in children_of(sv.pid):
        with contextlib.suppress(OSError):
            if os.readlink(f"/proc/{pid}/exe") == str(BUILD / "svlog"):
                return pid
    return 0


def test_a_killed_svlog_loses_nothing(svinit):
    count = 20000
    sv = svinit({"one": printing(count)})
    for _ in range(5):
        logger = until(lambda: svlog_of(sv), "svlog")
        time.sleep(0.05)  # any moment will do
        os.kill(logger, signal.SIGKILL)
        until(lambda: svlog_of(sv) not in (0, logger), "another svlog")
    until(lambda: sv.log_lines("one") and numbers(sv.log_lines("one"))[-1] == count, "the last line", seconds=60)
    seen = numbers(sv.log_lines("one"))
    assert sorted(set(seen)) == list(range(1, count + 1))


def test_a_service_never_gets_sigpipe(svinit):
    sv = svinit({"one": "[Service]\nExecStart=/bin/sh -c 'trap \"echo more\" USR1; while :; do sleep 0.05; done'\n"})
    sv.until_active("one")
    for _ in range(3):
        logger = until(lambda: svlog_of(sv), "svlog")
        os.kill(logger, signal.SIGKILL)
        sv.ctl("kill", "--kill-whom=main", "--signal=USR1", "one", check=0)
    until(lambda: len([line for line in sv.log_lines("one") if "more" in line]) >= 1, "the lines")
    assert sv.state("one")[0] == "active"


def test_the_last_words_of_a_unit_are_kept_at_the_end(svinit):
    sv = svinit({"one": "[Service]\nExecStart=/bin/sh -c 'trap \"echo good bye; exit 0\" TERM; touch @top@/up; "
                        "while :; do sleep 0.05; done'\n"})
    until(sv.file("up").exists, "the trap")
    assert sv.stop() == 0
    assert any("good bye" in line for line in sv.log_lines("one"))


def test_a_last_line_without_its_end(svinit):
    sv = svinit({"one": "[Service]\nExecStart=/bin/sh -c 'printf no-newline; : >@top@/printed; exec sleep infinity'\n"})
    until(sv.file("printed").exists, "it to have printed")
    sv.ctl("stop", "one", check=0)
    sv.until_logged("one", "no-newline")


def test_start_tells_the_last_lines_of_what_failed(svinit):
    sv = svinit({"up": "[Service]\nExecStart=/bin/sleep infinity\n",
                 "bad@.service": "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo the disk is full >&2; exit 1'\n"})
    answer = sv.ctl("start", "bad@1")
    assert answer.returncode == 1
    assert "the disk is full" in answer.stderr + answer.stdout


def test_logs_verb(svinit):
    sv = svinit({"one": printing(100), "two": "[Service]\nExecStart=/bin/sh -c 'echo from two'\n"})
    until(lambda: len(numbers(sv.log_lines("one"))) == 100, "the lines")
    said = sv.ctl("logs", "-u", "one", "-n", "5", check=0)
    assert numbers(said.stdout.splitlines()) == [96, 97, 98, 99, 100]
    assert "from two" not in said.stdout


def test_logs_follow(svinit):
    sv = svinit({"one": "[Service]\nExecStart=/bin/sh -c 'trap \"echo poked\" USR1; touch @top@/up; "
                        "while :; do sleep 0.05; done'\n"})
    until(sv.file("up").exists, "the trap")
    with subprocess.Popen([str(BUILD / "svctl"), "--runtime-dir", str(sv.runtime), "logs", "-f", "-u", "one"],
                          stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as follow:
        try:
            os.set_blocking(follow.stdout.fileno(), False)
            seen = b""

            def poked():
                nonlocal seen
                sv.ctl("kill", "--kill-whom=main", "--signal=USR1", "one", check=0)
                seen += follow.stdout.read() or b""
                return b"poked" in seen
            until(poked, "the line")
        finally:
            follow.kill()


def test_the_console_has_prefixes(svinit):
    sv = svinit({"one": "[Service]\nExecStart=/bin/sh -c 'echo hello there'\n"}, options=["--log-target", "both"])
    sv.until_said("hello there")
    line = next(line for line in sv.said().splitlines() if "hello there" in line)
    assert "one" in line.partition("hello")[0]


@pytest.mark.parametrize("text", ["x" * 200000, "\\001\\033[31mred\\377"], ids=["long", "control"])
def test_strange_output(svinit, text):
    sv = svinit({"one": f"[Service]\nExecStart=/bin/sh -c 'cat @top@/text; echo after; exec sleep infinity'\n"}, start=False)
    sv.file("text").write_bytes(text.encode().decode("unicode_escape").encode("latin-1") + b"\n")
    sv.start()
    sv.until_logged("one", "after")


def test_standard_output_to_a_file(svinit):
    sv = svinit({"one": "[Service]\nStandardOutput=file:@top@/out\nStandardError=null\nStandardInput=null\n"
                        "ExecStart=/bin/sh -c 'echo to the file; echo lost >&2'\n"})
    sv.until_line("out", "to the file")


def test_rotate_begins_new_files(svinit):
    sv = svinit({"one": printing(3), "two": printing(3)})
    for unit in ("one", "two"):
        sv.until_logged(unit, "line-3")
    sv.ctl("rotate", "one", check=0)
    assert not sv.log_lines("one") and len(list((sv.logs / "one.service").glob("2*.log"))) == 1
    assert sv.log_lines("two")
    sv.ctl("rotate", check=0)
    assert not sv.log_lines("two") and len(list((sv.logs / "two.service").glob("2*.log"))) == 1
    assert sv.ctl("rotate", "none").returncode != 0
    assert "line-3" in sv.ctl("logs", "-u", "one", check=0).stdout


def test_rotate_does_not_wait_for_ever(svinit):
    sv = svinit({"one": printing(1)})
    sv.until_logged("one", "line-1")
    os.kill(svlog_of(sv), signal.SIGSTOP)
    said = sv.ctl("rotate")
    assert said.returncode == 1 and "svlog" in said.stderr


def test_compression_is_a_matter_of_the_unit(svinit):
    sv = svinit({"one": printing(2000) + "[X-Svinit]\nLogCompress=yes\n",
                 "two": printing(2000) + "[X-Svinit]\nLogCompress=no\n"})
    for unit in ("one", "two"):
        sv.until_logged(unit, "line-2000")
    sv.ctl("rotate", check=0)
    until(lambda: list((sv.logs / "one.service").glob("2*.log.zst")), "the compressed file")
    assert list((sv.logs / "two.service").glob("2*.log"))


def test_a_log_directory_that_becomes_writable_later(svinit):
    sv = svinit({"one": "[Service]\nExecStart=/bin/sh -c 'while :; do echo tick; sleep 0.1; done'\n"}, start=False)
    sv.logs.write_text("in the way")
    sv.start()
    sv.until_said("one | tick")
    sv.logs.unlink()
    sv.until_logged("one", "tick")
    until(lambda: "went to the console only" in (sv.logs / "svinit" / "current").read_text(), "the record of it")


def test_the_cap_over_all_logs(svinit):
    sv = svinit({f"u{i}": printing(30000) for i in range(3)}, options=["--log-max-bytes", "1M"])
    for i in range(3):
        sv.until_active(f"u{i}", seconds=60)
    sv.ctl("rotate", check=0)
    assert sum(path.stat().st_size for path in sv.logs.rglob("*") if path.is_file()) <= 1 << 20


def memory_of(pid):
    """What it holds of its own, KiB."""
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith(("Private_Clean", "Private_Dirty")))


def test_a_stopped_svlog_holds_only_those_up_that_print(svinit):
    """svinit neither waits nor grows, whatever is printed, started and stopped meanwhile."""
    sv = svinit({"loud@.service": "[Service]\nExecStart=/bin/sh -c 'while :; do echo some words to be kept; done'\n"
                                  "ExecStop=/bin/true\n",
                 "quiet@.service": "[Service]\nExecStart=/bin/sleep infinity\nRestart=always\nRestartSec=0\n"
                                   "[Unit]\nStartLimitIntervalSec=0\n"})
    sv.ctl("start", "loud@1", "loud@2", "quiet@0", check=0)
    logger = until(lambda: svlog_of(sv), "svlog")
    sv.until_logged("loud@1", "words")
    os.kill(logger, signal.SIGSTOP)
    try:
        for name in range(1, 4):
            sv.ctl("start", f"quiet@{name}", check=0)
        before = memory_of(sv.pid)
        for _ in range(40):
            pid = sv.kill_main("quiet@1")
            sv.until_restarted("quiet@1", pid)
            sv.ctl("restart", "quiet@2", check=0)
        sv.ctl("stop", "loud@1", check=0)
        if "sanitize" not in BUILD.name:  # it keeps what was freed
            assert memory_of(sv.pid) <= before + 128
    finally:
        os.kill(logger, signal.SIGCONT)
    sv.ctl("stop", "loud@2", check=0)
    assert sv.stop(60) == 0

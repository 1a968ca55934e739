"""The log keys of units and options of svinit, from the unit file to what svctl logs shows."""
import json
import os
import socket

import pytest

from harness import until


def script(text, *more):
    return "[Service]\nExecStart=/bin/sh -c '" + text + "'\n" + "".join(line + "\n" for line in more)


def records(sv, *arguments):
    return [json.loads(line) for line in sv.ctl("logs", "-o", "json", *arguments, check=0).stdout.splitlines()]


def messages(sv, *arguments):
    return [record["MESSAGE"] for record in records(sv, *arguments) if record["_STREAM"] != "svinit"]


def test_extra_fields_and_the_identifier(svinit):
    sv = svinit({"one": script("echo hello", "LogExtraFields=COLOR=red \"SIZE=very large\" bad=1",
                               "SyslogIdentifier=me")})
    until(lambda: messages(sv, "-u", "one"), "the line")
    record = next(record for record in records(sv, "-u", "one") if record["MESSAGE"] == "hello")
    assert (record["COLOR"], record["SIZE"], record["SYSLOG_IDENTIFIER"]) == ("red", "very large", "me")
    assert record["_SYSTEMD_UNIT"] == "one.service"
    assert messages(sv, "-t", "me") == ["hello"] and messages(sv, "-t", "other") == []
    assert " me: hello\n" in sv.ctl("logs", check=0).stdout


def test_filter_patterns_and_the_highest_level(svinit):
    sv = svinit({"one": script("echo good; echo bad; echo \"<7>good detail\"; echo \"<3>good grief\"; echo end",
                               "LogFilterPatterns=good", "LogFilterPatterns=~b.d", "LogLevelMax=info"),
                 "two": script("echo good; echo bad; echo end", "LogFilterPatterns=~^b\\S+$")})
    sv.until_logged("two", "end")
    until(lambda: "good grief" in messages(sv, "-u", "one"), "the lines")
    assert messages(sv, "-u", "one") == ["good", "good grief"]
    assert messages(sv, "-u", "two") == ["good", "end"]


def test_rates_are_limited_and_counted(svinit):
    sv = svinit({"one": script("i=0; while [ $i -lt 1000 ]; do echo $i; i=$((i+1)); done", "Type=oneshot",
                               "LogRateLimitIntervalSec=1h", "LogRateLimitBurst=100")})
    sv.until_logged("one", "suppressed")
    assert messages(sv, "-u", "one") == [str(i) for i in range(100)]
    assert "svlog: 900 lines suppressed" in "\n".join(sv.log_lines("one"))


def test_levels_and_facilities(svinit):
    sv = svinit({"one": script("echo plain; echo \"<4>warned\"; echo failed >&2", "SyslogLevel=notice"),
                 "two": script("echo \"<4>not understood\"", "SyslogLevelPrefix=no")})
    until(lambda: len(messages(sv)) == 4, "the lines")
    found = {record["MESSAGE"]: record["PRIORITY"] for record in records(sv)}
    assert (found["plain"], found["warned"], found["failed"]) == ("5", "4", "5")
    assert found["<4>not understood"] == "6"
    assert messages(sv, "-p", "warning..warning") == ["warned"]


@pytest.mark.parametrize("keys,expected", [
    (["StandardInputText=one two", "StandardInputText=three"], "one two\nthree\n"),
    (["StandardInputData=aGVsbG8K", "StandardInputText=more"], "hello\nmore\n"),
    (["StandardInput=file:@top@/input"], "from a file\n"),
    (["StandardInput=null"], ""),
    ([], ""),
])
def test_standard_input(svinit, keys, expected):
    sv = svinit({"one": script("cat > @top@/out; touch @top@/done", *keys)}, start=False)
    sv.file("input").write_text("from a file\n")
    sv.start()
    until(sv.file("done").exists, "the end")
    assert sv.file("out").read_text() == expected


def test_standard_output(svinit):
    print_both = "echo out; echo err >&2"
    sv = svinit({
        "append": script(print_both, "StandardOutput=append:@top@/append", "StandardError=inherit"),
        "truncate": script(print_both, "StandardOutput=truncate:@top@/truncate", "StandardError=null"),
        "file": script(print_both, "StandardOutput=file:@top@/file", "StandardError=journal"),
        "both": script(print_both, "StandardOutput=file:@top@/both", "StandardError=file:@top@/both"),
        "same": script(print_both, "StandardOutput=truncate:@top@/same"),
        "inherit": script(print_both, "StandardInput=file:@top@/input", "StandardOutput=inherit", "StandardError=journal"),
        "null": script(print_both, "StandardOutput=inherit", "StandardError=journal"),
        "console": script(print_both, "StandardOutput=journal+console"),
    }, start=False, options=["--log-target", "file"])
    for name in ("append", "truncate", "file", "same"):
        sv.file(name).write_text("before, and longer\n")
    sv.file("both").write_text("")
    sv.file("input").write_text("")
    sv.start()
    for name in ("file", "inherit", "null", "console"):
        sv.until_logged(name, "err")
    until(lambda: sv.file("append").read_text().endswith("err\n"), "the lines")
    until(lambda: "out" in sv.file("truncate").read_text(), "the lines")
    assert sv.file("append").read_text() == "before, and longer\nout\nerr\n"
    assert sv.file("truncate").read_text() == "out\n"
    until(lambda: sv.file("same").read_text() == "out\nerr\n", "the lines")
    until(lambda: sv.file("both").read_text() == "out\nerr\n", "the lines")
    assert sv.file("file").read_text() == "out\nre, and longer\n"
    assert messages(sv, "-u", "file") == messages(sv, "-u", "null") == ["err"]
    sv.until_said("console | out")
    assert "file | " not in sv.said()


def test_syslog_at_the_runtime_directory(svinit):
    sv = svinit({"one": "[Service]\nExecStart=/usr/bin/logger --socket @top@/run/dev/log --tag mine hello\n"})
    client = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    client.connect(str(sv.runtime / "dev" / "log"))
    client.send(b"<12>Nov 21 00:35:10 tester: from outside")
    until(lambda: "tester: from outside" in messages(sv, "-u", "syslog"), "the message")
    until(lambda: any("mine" in text and "hello" in text for text in messages(sv)), "the message of the unit")


def test_forwarding_to_a_server(svinit):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    server.settimeout(20)
    svinit({"one": script("echo hello", "SyslogFacility=local3")},
           options=["--log-forward", f"udp:127.0.0.1:{server.getsockname()[1]}"])
    seen = b""
    while b" one " not in seen or b"hello" not in seen:
        seen = server.recv(65536)
    assert seen.startswith(b"<%d>1 " % (19 * 8 + 6))


def test_runs_and_invocations_are_told_apart(svinit):
    sv = svinit({"one": script("echo run $(cat @top@/number); exec sleep infinity"), "other": script("echo")},
                start=False)
    sv.file("number").write_text("1")
    sv.start()
    sv.until_logged("one", "run 1")
    first = sv.show("one")["InvocationID"]
    for number in (2, 3):
        sv.file("number").write_text(str(number))
        # The last run is written to its end before the next one prints; a logger that lags behind might mix them.
        sv.ctl("stop", "one", check=0)
        sv.ctl("rotate", "other", check=0)
        sv.ctl("start", "one", check=0)
        sv.until_logged("one", f"run {number}")
    assert messages(sv, "-u", "one", "--invocation=0") == ["run 3"]
    assert messages(sv, "-u", "one", "-I") == ["run 3"]
    assert messages(sv, "-u", "one", "--invocation=-1") == ["run 2"]
    assert messages(sv, f"--invocation={first}") == ["run 1"]
    assert sv.ctl("logs", "-u", "one", "--invocation=-7").returncode == 1
    assert "svlog: invocation" not in sv.ctl("logs", check=0).stdout
    assert sv.stop() == 0
    sv.file("number").write_text("4")
    sv.start()
    sv.until_logged("one", "run 4")
    assert messages(sv, "-u", "one", "-b") == ["run 4"]
    assert messages(sv, "-u", "one", "-b", "-1") == ["run 1", "run 2", "run 3"]
    assert len(sv.ctl("logs", "--list-boots", check=0).stdout.splitlines()) == 2


def test_changed_options_hold_from_the_next_start_on(svinit):
    sv = svinit({"one": script("echo \"<7>detail\"; echo \"<4>warned\"; exec sleep infinity")})
    sv.until_logged("one", "warned")
    sv.write("one", script("echo \"<7>detail\"; echo \"<4>again\"; exec sleep infinity", "LogLevelMax=warning"))
    sv.ctl("daemon-reload", check=0)
    sv.ctl("restart", "one", check=0)
    sv.until_logged("one", "again")
    assert messages(sv, "-u", "one") == ["detail", "warned", "again"]


def kernel_says(kernel, words):
    try:
        return words in kernel.read(8192)
    except (BlockingIOError, BrokenPipeError, TypeError):
        return False


@pytest.mark.skipif(os.geteuid() != 0 or not os.access("/dev/kmsg", os.W_OK), reason="needs /dev/kmsg")
def test_the_kernel_log_gets_copies(svinit):
    mark = f"svinit-test-{os.getpid()}"
    try:
        kernel = open("/dev/kmsg", "r+b", buffering=0)
    except PermissionError:
        pytest.skip("may not read /dev/kmsg")
    with kernel:
        os.set_blocking(kernel.fileno(), False)
        os.lseek(kernel.fileno(), 0, os.SEEK_END)
        kernel.write(b"<7>probe " + mark.encode())
        if not kernel_says(kernel, b"probe " + mark.encode()):
            pytest.skip("/dev/kmsg does not give back what is written to it")
        sv = svinit({"one": script(f"echo \"<6>{mark}\"", "StandardOutput=kmsg")})
        sv.until_logged("one", mark)
        until(lambda: kernel_says(kernel, f"one: {mark}".encode()), "the kernel's message")

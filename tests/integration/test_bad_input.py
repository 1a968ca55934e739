"""Unit files that are wrong in every way get a clear answer, and nothing else suffers."""
import os

import pytest

SLEEP = "[Service]\nExecStart=/bin/sleep infinity\n"


@pytest.fixture
def sv(svinit):
    """One good unit beside which bad ones are put."""
    made = svinit({"good": SLEEP})
    made.until_active("good")
    made.good_pid = made.main_pid("good")
    yield made
    assert made.main_pid("good") == made.good_pid


def refused(sv, unit, *texts):
    answer = sv.ctl("start", unit)
    assert answer.returncode != 0, answer
    for text in texts:
        assert text in answer.stderr, answer
    return answer


def test_a_program_that_is_not_executable(sv):
    sv.file("program").write_text("#!/bin/sh\n", encoding="ascii")
    sv.write("bad", "[Service]\nType=exec\nExecStart=@top@/program\n")
    refused(sv, "bad", "program", "Permission denied")
    assert sv.show("bad")["ExecMainStatus"] == 203


def test_a_program_that_is_a_directory(sv):
    sv.write("bad", "[Service]\nType=exec\nExecStart=@top@/units\n")
    refused(sv, "bad", "units")


def test_an_unknown_user(sv):
    sv.write("bad", "[Service]\nType=exec\nUser=nobdy\nExecStart=/bin/sleep infinity\n")
    refused(sv, "bad", "nobdy")
    assert sv.show("bad")["ExecMainStatus"] == 217 or sv.show("bad")["Result"] in ("exit-code", "resources")


def test_an_unknown_group(sv):
    sv.write("bad", "[Service]\nType=exec\nGroup=nosuchgroup\nExecStart=/bin/sleep infinity\n")
    refused(sv, "bad", "nosuchgroup")


def test_a_missing_working_directory(sv):
    sv.write("bad", "[Service]\nType=exec\nWorkingDirectory=/nonexistent\nExecStart=/bin/sleep infinity\n")
    refused(sv, "bad", "/nonexistent")
    assert sv.show("bad")["ExecMainStatus"] == 200


def test_a_directory_instead_of_a_file(sv):
    (sv.units / "bad.service").mkdir()
    refused(sv, "bad", "bad.service")


def test_no_command(sv):
    sv.write("bad", "[Service]\nType=simple\n")
    refused(sv, "bad", "bad.service", "ExecStart")


@pytest.mark.parametrize("text,line", [
    ("[Service]\nType=sometimes\nExecStart=/bin/true\n", 2),
    ("[Service]\nExecStart=relative/../path\nTimeoutStartSec=soon\n", None),
    ("[Service]\nExecStart=/bin/sh -c 'unclosed\n", 2),
])
def test_bad_values_are_named_with_file_and_line(sv, text, line):
    sv.write("bad", text)
    said = sv.ctl("verify", str(sv.units / "bad.service"))
    assert "bad.service" in said.stdout + said.stderr
    if line:
        assert f"bad.service:{line}" in said.stdout + said.stderr


def test_unknown_keys_are_warned_of_with_the_nearest(sv):
    sv.write("odd", "[Service]\nExecSart=/bin/false\nExecStart=/bin/sleep infinity\n")
    said = sv.ctl("verify", str(sv.units / "odd.service"))
    text = said.stdout + said.stderr
    assert "odd.service:2" in text and "ExecStart" in text
    sv.ctl("start", "odd", check=0)


def test_a_line_of_one_mebibyte(sv):
    sv.write("long", "[Unit]\nDescription=" + "x" * (1 << 20) + "\n" + SLEEP)
    sv.ctl("start", "long")
    assert sv.state("long")[0] in ("active", "inactive", "failed")
    sv.write("wide", "[Service]\nEnvironment=LONG=" + "y" * 65536 + "\n"
                     "ExecStart=/bin/sh -c 'echo ${#LONG} > @top@/length; exec sleep infinity'\n")
    sv.ctl("start", "wide", check=0)
    sv.until_line("length", "65536")


def test_nul_bytes(sv):
    (sv.units / "nul.service").write_bytes(b"[Service]\nExecStart=/bin/\0true\n\0\0\0")
    refused(sv, "nul", "nul.service")


def test_random_bytes(sv):
    (sv.units / "noise.service").write_bytes(os.urandom(50000))
    refused(sv, "noise", "noise.service")


def test_an_empty_file(sv):
    sv.write("empty", "")
    refused(sv, "empty", "empty.service")


def test_a_link_to_nowhere_and_a_link_to_itself(sv):
    (sv.units / "nowhere.service").symlink_to(sv.units / "missing")
    (sv.units / "loop.service").symlink_to(sv.units / "loop.service")
    refused(sv, "nowhere", "nowhere.service")
    refused(sv, "loop", "loop.service")


def test_a_masked_unit(sv):
    (sv.units / "masked.service").symlink_to("/dev/null")
    refused(sv, "masked", "masked")
    assert sv.show("masked")["LoadState"] == "masked"


def test_a_fifo_instead_of_a_file(sv):
    os.mkfifo(sv.units / "fifo.service")
    refused(sv, "fifo", "fifo.service")


@pytest.mark.parametrize("name", ["a b.service", "x" * 300 + ".service", "né\n.service", "..service/.", ".service", "@"])
def test_impossible_names(sv, name):
    answer = sv.ctl("start", name)
    assert answer.returncode != 0
    assert answer.stderr


def test_a_unit_directory_that_does_not_exist(svinit):
    made = svinit({"s": SLEEP}, start=False, options=["--units", "/nonexistent/units"])
    made.launch()
    status = made.process.wait(20) if made.process.poll() is None and not made.said() else None
    assert status != 0
    made.until_said("/nonexistent/units")


def test_an_unknown_option(svinit):
    made = svinit({"s": SLEEP}, start=False, options=["--untis", "x"])
    made.launch()
    assert made.process.wait(20) != 0
    assert "--untis" in made.said()


def test_bad_units_at_boot_do_not_keep_the_good_ones_down(svinit):
    made = svinit({"bad1": "[Service]\nType=sometimes\nExecStart=/bin/true\n", "bad2": "no section\n",
                   "bad3": "[Service]\nUser=nobdy\nExecStart=/bin/true\n", "good": SLEEP}, start=False)
    (made.units / "dir.service").mkdir()
    (made.units / "nul.service").write_bytes(b"\0" * 100)
    made.start()
    made.until_active("good")
    made.until_said("bad1.service:2")

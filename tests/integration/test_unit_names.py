"""svctl escape, held against systemd-escape where that is installed."""
import shutil
import subprocess

import pytest

import harness

REFERENCE = shutil.which("systemd-escape")

CASES = [
    ["plain"], ["a-b_c:d.e"], [".hidden"], ["Hall\u00f6chen, Meister"], ["two", "words"], ["with/slash"], ["a\tb"],
    ["-p", "/"], ["-p", "/foo//bar/"], ["-p", "/dev/sda-1"], ["-p", "foo/bar"], ["--path", "/.x"], ["-p", "/foo/../bar"],
    ["--suffix=mount", "-p", "/tmp//waldi/foobar/"], ["--suffix", "service", "x y"], ["--suffix=nonsense", "x"],
    ["--template=systemd-nspawn@.service", "My Container", "2"], ["--template=plain.service", "x"],
    ["-u", "foo-bar"], ["-u", "Hall\\xc3\\xb6chen"], ["-u", "-p", "foo-bar"], ["-u", "-p", "--", "-"],
    ["-u", "--instance", "t@My\\x20Container-1.service"], ["-u", "--template=t@.service", "t@My\\x20C.service"],
    ["-u", "--template=other@.service", "t@x.service"], ["-u", "--instance", "plain.service"],
    ["-m", "foo"], ["-m", "foo.socket"], ["-m", "/dev/sda"], ["-m", "/home/me"], ["-m", "a b"], ["-m", "foo@bar.service"],
    ["-m", "a.b"], ["--mangle", "x/y"], ["-m", "--suffix=service", "x"], ["-u", "--suffix=service", "x"], ["--instance", "x"],
]


def escape(*arguments):
    return subprocess.run([str(harness.BUILD / "svctl"), "escape", *arguments], capture_output=True, text=True, check=False)


def test_texts_and_paths_become_parts_of_names():
    assert escape("-p", "/foo//bar/").stdout == "foo-bar\n"
    assert escape("a-b", "c d").stdout == "a\\x2db c\\x20d\n"
    assert escape("--template=t@.service", "a b").stdout == "t@a\\x20b.service\n"
    assert escape("-u", "--instance", "t@a\\x20b.service").stdout == "a b\n"
    assert escape("-m", "/home/me").stdout == "home-me.mount\n"
    assert escape("-p", "/a/../b").returncode == 1


@pytest.mark.skipif(not REFERENCE, reason="systemd-escape is not installed")
@pytest.mark.parametrize("arguments", CASES, ids=" ".join)
def test_it_says_what_systemd_escape_says(arguments):
    reference = subprocess.run([REFERENCE, *arguments], capture_output=True, text=True, check=False)
    ours = escape(*arguments)
    assert (ours.returncode != 0) == (reference.returncode != 0), ours.stderr + reference.stderr
    assert ours.stdout == reference.stdout


def test_the_link_is_the_command(tmp_path):
    link = tmp_path / "systemd-escape"
    link.symlink_to(harness.BUILD / "svctl")
    result = subprocess.run([str(link), "-u", "-p", "foo-bar"], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, "/foo/bar\n")

"""svmachine under the name of systemd-tmpfiles, as maintainer scripts call it."""
import subprocess

import pytest

import harness


@pytest.fixture(name="tmpfiles")
def fixture_tmpfiles(tmp_path):
    program = tmp_path / "systemd-tmpfiles"
    program.symlink_to(harness.BUILD / "svmachine")

    def run(*arguments):
        return subprocess.run([str(program), *arguments], capture_output=True, text=True, check=False, timeout=harness.DEADLINE)
    return run


def test_create_and_remove(tmpfiles, tmp_path):
    rules = tmp_path / "x.conf"
    rules.write_text(f"d {tmp_path}/made 0750 - - -\nd! {tmp_path}/at-boot - - - -\nr {tmp_path}/old\n")
    (tmp_path / "old").write_text("")
    assert tmpfiles("--create", str(rules)).returncode == 0
    assert (tmp_path / "made").stat().st_mode & 0o777 == 0o750
    assert not (tmp_path / "at-boot").exists() and (tmp_path / "old").exists()
    assert tmpfiles("--create", "--remove", "--boot", str(rules)).returncode == 0
    assert (tmp_path / "at-boot").exists() and not (tmp_path / "old").exists()


def test_what_it_cannot_do_it_says(tmpfiles):
    assert tmpfiles("--version").stdout.startswith("systemd 252 (")
    for arguments, text in ((["--create", "no-such-file.conf"], "no-such-file.conf"), (["--root=/x", "--create"], "--root"),
                            (["--frob"], "--frob")):
        result = tmpfiles(*arguments)
        assert result.returncode != 0 and text in result.stderr

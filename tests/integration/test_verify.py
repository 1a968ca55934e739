"""verify as a step of CI: exit statuses and JSON, without a running svinit."""
import json
import subprocess

import pytest

from harness import BUILD


@pytest.fixture(name="verify")
def verify_of(tmp_path):
    def run(*arguments, check):
        result = subprocess.run([BUILD / "svctl", "verify", *arguments], cwd=tmp_path, stdin=subprocess.DEVNULL,
                                capture_output=True, text=True, timeout=60, check=False)
        assert result.returncode == check, result.stdout + result.stderr
        return result.stdout
    run.path = tmp_path
    return run


def test_exit_statuses(verify):
    (verify.path / "good.service").write_text("[Service]\nExecStart=/bin/true\n", encoding="ascii")
    (verify.path / "warned.service").write_text("[Service]\nExecStrat=x\nExecStart=/bin/true\n", encoding="ascii")
    (verify.path / "bad.service").write_text("[Service]\nType=bogus\n", encoding="ascii")
    assert verify("good.service", "--strict", check=0) == ""
    assert "warned.service:2:" in verify("warned.service", check=0)
    assert "ExecStart=?" in verify("warned.service", "--strict", check=1)
    assert verify("warned.service", "--quiet", check=0) == ""
    verify("bad.service", check=1)
    verify(".", check=1)
    verify("no-such-unit-anywhere", check=1)


def test_json(verify):
    (verify.path / "a.service").write_text("[Unit]\nRequires=b.service\nAfter=b.service\n"
                                           "[Service]\nExecStart=/bin/true\n", encoding="ascii")
    (verify.path / "b.service").write_text("[Unit]\nRequires=a.service\nAfter=a.service\n"
                                           "[Service]\nExecStart=/no/such\n", encoding="ascii")
    document = json.loads(verify("--json", ".", check=1))
    assert document["version"] == 1
    assert any("cycle" in finding["text"] for finding in document["diagnostics"])
    missing = [finding for finding in document["diagnostics"] if "/no/such" in finding["text"]][0]
    assert (missing["severity"], missing["unit"], missing["line"], missing["column"]) == ("warning", "b.service", 5, 11)


def test_an_instance_of_a_template(verify):
    (verify.path / "t@.service").write_text("[Service]\nUser=%i\nExecStart=/bin/true\n", encoding="ascii")
    assert "t@.service:2:6: warning: User=no-such-user" in verify("./t@no-such-user.service", check=0)

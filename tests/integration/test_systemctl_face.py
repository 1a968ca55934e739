"""svctl under the name of systemctl: what scripts and other programs ask, in the words and with the statuses they look for."""
import json
import os
import subprocess

import pytest

import harness

UNITS = {
    "web": "[Unit]\nDescription=A web server\nDocumentation=man:web(8)\n[Service]\nExecStart=/bin/sleep 1000\n"
           "ExecReload=/bin/true\n",
    "bad": "[Service]\nExecStart=/bin/false\n",
    "idle": "[Service]\nExecStart=/bin/sleep 1000\n",
    "short": "[Service]\nExecStart=/bin/sleep 0.2\n",
    "short-bad": "[Service]\nExecStart=/bin/sh -c 'sleep 0.2; exit 3'\n",
    "start.target": "[Unit]\nWants=web.service bad.service\nAfter=web.service bad.service\n",
    "sys.target": "",
}


class Systemctl:
    def __init__(self, sv, name="systemctl"):
        self.sv = sv
        self.path = sv.top / "bin" / name
        self.path.parent.mkdir(exist_ok=True)
        self.path.symlink_to(harness.BUILD / "svctl")

    def __call__(self, *arguments, check=None, **environment):
        result = subprocess.run([str(self.path), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                timeout=harness.DEADLINE, check=False,
                                env={**os.environ, "SVINIT_RUNTIME_DIR": str(self.sv.runtime), **environment})
        if check is not None:
            assert result.returncode == check, f"{arguments}: {result.returncode}\n{result.stdout}{result.stderr}"
        return result


@pytest.fixture(name="sv")
def fixture_sv(svinit):
    sv = svinit(UNITS, options=["--target", "start.target"])
    sv.until_active("web")
    sv.until_state("bad", "failed")
    return sv


@pytest.fixture(name="systemctl")
def fixture_systemctl(sv):
    return Systemctl(sv)


def test_version_is_what_scripts_parse(systemctl):
    for arguments in (["--version"], ["--version", "--quiet"]):
        assert systemctl(*arguments, check=0).stdout.startswith("systemd 252 (")


def test_statuses_of_lsb(systemctl):
    for arguments, status in (
            (["status", "web"], 0), (["status", "idle"], 3), (["status", "bad"], 3), (["status", "nope"], 4),
            (["is-active", "web"], 0), (["is-active", "idle"], 3), (["is-active", "idle", "web"], 0),
            (["is-active", "nope"], 4), (["is-failed", "bad"], 0), (["is-failed", "web"], 1),
            (["start", "nope"], 5), (["stop", "nope"], 5), (["restart", "nope.service"], 5), (["try-restart", "idle"], 0),
            (["condrestart", "idle"], 0), (["reload", "idle"], 1), (["reload", "web"], 0), (["force-reload", "web"], 0),
            (["try-reload-or-restart", "idle"], 0), (["cat", "nope"], 1), (["show", "nope"], 0), (["frobnicate"], 1),
            (["is-system-running"], 1), (["kill", "-s", "CONT", "web"], 0), (["isolate"], 1), (["-M", "c", "status"], 1)):
        assert systemctl(*arguments).returncode == status, arguments


def test_the_words_that_scripts_look_for(systemctl):
    assert systemctl("status", "nope").stderr == "Unit nope.service could not be found.\n"
    assert systemctl("start", "nope").stderr.startswith("Failed to start nope.service: Unit nope.service not found")
    assert systemctl("cat", "nope").stderr == "No files found for nope.service.\n"
    assert systemctl("is-active", "web", "idle", "bad", "nope").stdout == "active\ninactive\nfailed\ninactive\n"
    assert systemctl("-q", "is-active", "web").stdout == ""
    assert systemctl("is-system-running", "--wait").stdout == "degraded\n"
    assert systemctl("list-jobs").stdout == "No jobs running.\n"


def test_list_units(systemctl):
    lines = systemctl(LC_ALL="C.UTF-8").stdout.splitlines()
    assert lines[0].split() == ["UNIT", "LOAD", "ACTIVE", "SUB", "DESCRIPTION"]
    assert lines[1].split() == ["●", "bad.service", "loaded", "failed", "failed", "bad.service"]
    assert lines[2].startswith("  web.service ") and lines[2].endswith(" A web server")
    assert not any("idle.service" in line for line in lines)
    plain = systemctl("--plain", "--no-legend", "-t", "service", "list-units").stdout.splitlines()
    assert [line.split()[0] for line in plain] == ["bad.service", "web.service"]
    assert systemctl("list-units", "--legend=no", "--plain", "--state=failed").stdout.split()[0] == "bad.service"
    assert "1 loaded units listed" in systemctl("--failed").stdout
    # Options that mean nothing to a verb are taken all the same.
    systemctl("--no-ask-password", "--no-wall", "--all", "--full", "-n", "5", "is-active", "web", check=0)


def test_output_json(systemctl):
    units = json.loads(systemctl("--output=json", "list-units", "--failed").stdout)
    assert units == [{"unit": "bad.service", "load": "loaded", "active": "failed", "sub": "failed",
                      "description": "bad.service"}]
    files = json.loads(systemctl("list-unit-files", "-o", "json-pretty").stdout)
    assert isinstance(files, list) and all(set(each) == {"unit_file", "state", "preset"} for each in files)


def test_show(sv, systemctl):
    pid = str(sv.main_pid("web"))
    assert systemctl("show", "-p", "MainPID", "web").stdout == f"MainPID={pid}\n"
    assert systemctl("show", "-P", "MainPID", "web").stdout == f"{pid}\n"
    assert systemctl("show", "--property=ActiveState", "--property=CanReload,Nonsense", "web").stdout == \
        "ActiveState=active\nCanReload=yes\n"
    assert systemctl("-p", "LoadState", "show", "nope").stdout == "LoadState=not-found\n"
    assert systemctl("show", "--value", "--property", "SourcePath", "web").stdout.strip() == ""
    every = dict(line.split("=", 1) for line in systemctl("show", "web").stdout.splitlines())
    assert every["Id"] == "web.service" and "LoadError" not in every
    manager = dict(line.split("=", 1) for line in systemctl("show").stdout.splitlines())
    assert manager["Version"].startswith("252 ") and manager["NFailedUnits"] == "1"
    assert (manager["SystemState"], manager["DefaultTimeoutStartUSec"]) == ("degraded", "1min 30s")


def test_start_wait(systemctl):
    assert systemctl("start", "--wait", "short").returncode == 0
    assert systemctl("is-active", "short").stdout == "inactive\n"
    assert systemctl("start", "--wait", "short", "short-bad").returncode == 1


def test_environment(sv, systemctl):
    sv.write("shows", "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo \"$FOO.$BAR\" > @top@/environment'\n")
    systemctl("daemon-reload", check=0)
    systemctl("set-environment", "FOO=a b", "BAR=c", check=0)
    systemctl("import-environment", "BAR", check=0, BAR="imported")
    shown = systemctl("show-environment", check=0).stdout
    assert "FOO=$'a b'\n" in shown and "BAR=imported\n" in shown and "PATH=" in shown
    systemctl("start", "shows", check=0)
    assert sv.lines("environment") == ["a b.imported"]
    systemctl("unset-environment", "FOO", check=0)
    systemctl("start", "shows", check=0)
    assert sv.lines("environment") == [".imported"]
    for wrong in ("1X=2", "=x", "NOTIFY_SOCKET=/x", "none", "A-B=c"):
        assert systemctl("set-environment", wrong).returncode == 1, wrong
    assert "FOO=" not in systemctl("show-environment").stdout


def test_clean(sv, systemctl, tmp_path):
    own = {"XDG_RUNTIME_DIR": str(tmp_path / "run"), "XDG_CACHE_HOME": str(tmp_path / "cache"),
           "XDG_STATE_HOME": str(tmp_path / "state"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    sv.write("tidy", "[Service]\nExecStart=/bin/sleep 1000\nCacheDirectory=tidy tidy2\nStateDirectory=tidy/deep:link\n"
                     "RuntimeDirectory=tidy\nRuntimeDirectoryPreserve=yes\n")
    systemctl("daemon-reload", check=0)
    for path in ("cache/tidy/a/b", "cache/tidy2", "cache/other", "state/tidy/deep/x", "run/tidy"):
        (tmp_path / path).mkdir(parents=True)
    (tmp_path / "cache/tidy/a/escape").symlink_to(tmp_path / "cache/other")
    (tmp_path / "cache/other/kept").write_text("")
    systemctl("start", "idle", check=0)
    assert "stop it first" in systemctl("clean", "idle").stderr
    systemctl("--user", "clean", "tidy", check=0, **own)
    assert sorted(p.name for p in (tmp_path / "cache").iterdir()) == ["other"] and (tmp_path / "cache/other/kept").exists()
    assert not (tmp_path / "run/tidy").exists() and (tmp_path / "state/tidy/deep").exists()
    systemctl("--user", "clean", "--what=all", "tidy", check=0, **own)
    assert not (tmp_path / "state/tidy/deep").exists()
    assert systemctl("clean", "--what=everything", "tidy").returncode == 1
    assert systemctl("clean", "nope").returncode == 1


def test_list_timers_and_sockets(sv, systemctl):
    sv.write("x.timer", "[Timer]\nOnCalendar=*-01-01\nUnit=idle.service\n")
    sv.write("x.socket", "[Socket]\nListenStream=@top@/socket\nService=idle.service\n")
    systemctl("daemon-reload", check=0)
    for verb, unit in (("list-timers", "x.timer"), ("list-sockets", "x.socket")):
        assert systemctl(verb, "--all", unit, check=0).stdout.split("\n")[1].split()[-2:] == [unit, "idle.service"]


def test_service(sv):
    service = Systemctl(sv, "service")
    assert service("web", "status").returncode == 0
    service("idle", "start", check=0)
    assert sv.state("idle")[0] == "active"
    service("idle", "--full-restart", check=0)
    service("idle", "stop", check=0)
    assert service("idle", "status").returncode == 3
    assert "web.service" in service("--status-all").stdout
    assert "usage:" in service("idle").stderr


def test_without_svinit(systemctl, sv, tmp_path):
    nowhere = {"SVINIT_RUNTIME_DIR": str(tmp_path)}
    assert systemctl("is-system-running", **nowhere).stdout == "offline\n"
    assert systemctl("start", "web", **nowhere).returncode == 1
    assert systemctl("--version", **nowhere).returncode == 0


def test_units_of_a_run_directory(sv, systemctl):
    assert systemctl("is-enabled", "web", check=0).stdout == "enabled\n"


def test_other_names(tmp_path):
    run = subprocess.run([str(harness.ROOT / "scripts" / "install-systemctl"), str(tmp_path), "/usr"], capture_output=True,
                         text=True, check=False)
    assert run.returncode == 0 and os.readlink(tmp_path / "usr/bin/systemctl") == "svctl"
    assert os.readlink(tmp_path / "sbin/init") == "/usr/bin/svinit"
    again = subprocess.run([str(harness.ROOT / "scripts" / "install-systemctl"), str(tmp_path), "/usr"], check=False)
    assert again.returncode == 0
    (tmp_path / "usr/bin/systemctl").unlink()
    (tmp_path / "usr/bin/systemctl").write_text("another")
    refused = subprocess.run([str(harness.ROOT / "scripts" / "install-systemctl"), str(tmp_path), "/usr/local"],
                             capture_output=True, text=True, check=False)
    assert refused.returncode == 1 and "is there already" in refused.stderr and not (tmp_path / "usr/local").exists()

"""Unit files as commands: enable, mask and their like write what systemctl writes, with and without a running svinit."""
import json
import os
import pathlib
import shutil
import subprocess

import pytest

import harness

SVCTL = str(harness.BUILD / "svctl")

UNITS = {
    "a.service": "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\nAlias=ali.service\nAlso=b.socket\n",
    "b.socket": "[Socket]\nListenStream=1\n[Install]\nWantedBy=sockets.target\n",
    "plain.service": "[Service]\nExecStart=/bin/true\n",
    "also.service": "[Service]\nExecStart=/bin/true\n[Install]\nAlso=a.service\n",
    "both.service": "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target graphical.target\n"
                    "RequiredBy=a.service\n",
    "default@.service": "[Service]\nExecStart=/bin/true %i\n[Install]\nWantedBy=multi-user.target\n"
                        "RequiredBy=foo-%i.target\nDefaultInstance=dd\n",
    "instance@.service": "[Service]\nExecStart=/bin/true %i\n[Install]\nWantedBy=multi-user.target\n",
    "named@.service": "[Service]\nExecStart=/bin/true %i\n[Install]\nAlias=alias@.service\nWantedBy=multi-user.target\n",
    "multi-user.target": "[Unit]\nDescription=m\n[Install]\nAlias=default.target\n",
    "graphical.target": "[Unit]\nDescription=g\n[Install]\nAlias=default.target\n",
    "sockets.target": "[Unit]\nDescription=s\n",
}


def make_root(top):
    directory = top / "lib/systemd/system"
    directory.mkdir(parents=True)
    (top / "etc/systemd/system").mkdir(parents=True)
    (top / "opt").mkdir()
    for name, text in UNITS.items():
        (directory / name).write_text(text)
    (directory / "other.service").symlink_to("plain.service")
    (top / "opt/far.service").write_text(UNITS["both.service"])
    return top


@pytest.fixture(name="root")
def fixture_root(tmp_path):
    return make_root(tmp_path / "root")


def links(root):
    """Every link and file below /etc and /run, with what it leads to."""
    found = {}
    for below in ("etc", "run"):
        for path in (root / below).rglob("*"):
            if path.is_symlink():
                found[str(path.relative_to(root))] = os.readlink(path)
            elif path.is_file():
                found[str(path.relative_to(root))] = path.read_text()
    return found


def run(root, *arguments, program=SVCTL, **keywords):
    return subprocess.run([program, f"--root={root}", *arguments], capture_output=True, text=True, check=False,
                          stdin=keywords.pop("stdin", subprocess.DEVNULL), timeout=harness.DEADLINE, **keywords)


def svctl(root, *arguments, check=0, **keywords):
    result = run(root, *arguments, **keywords)
    assert result.returncode == check, f"{arguments}: {result.returncode}\n{result.stdout}{result.stderr}"
    return result


def systemctl():
    """systemd's own, or None."""
    path = shutil.which("systemctl")
    if not path or os.path.basename(os.path.realpath(path)) == "svctl":
        return None
    version = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    return path if version.startswith("systemd 2") and "svinit" not in version else None


# One after the other, in one root.
COMMANDS = """
is-enabled a
enable a
enable a
is-enabled a.service
is-enabled ali.service
is-enabled b.socket
is-enabled plain
is-enabled other
is-enabled also
is-enabled default@.service
enable default@
is-enabled default@.service
is-enabled default@dd.service
is-enabled default@x.service
enable instance@
enable instance@x instance@y
is-enabled instance@
is-enabled instance@x
is-enabled instance@z
enable named@one
enable named@
is-enabled named@ alias@
disable named@
disable instance@x
is-enabled instance@x
disable instance@
enable both
disable both
enable --runtime both
is-enabled both
disable --runtime both
enable nope
disable nope
is-enabled nope
enable plain
disable plain
disable also
mask a
mask a
enable a
disable a
is-enabled a
unmask a
unmask a
mask --runtime plain
is-enabled plain
unmask --runtime plain
mask nope
is-enabled nope
unmask nope
set-default multi-user.target
get-default
set-default graphical
get-default
is-enabled default.target
is-enabled graphical.target
set-default nope.target
add-wants multi-user.target plain
is-enabled plain
add-requires graphical.target plain both
add-wants nope.target plain
disable plain
link /nowhere.service
link /opt/far.service
is-enabled far
enable far
is-enabled far
disable far
is-enabled far
enable /opt/far.service
is-enabled far.service
reenable far
reenable a
preset a both
preset default@
preset-all
revert a plain
disable a both far
""".strip().splitlines()


# Where systemctl ends with 0 though it said that something could not be done.
FAILS_HERE = {"enable named@", "disable nope"}


@pytest.mark.parametrize("seed", ["", "etc"])
def test_the_links_are_those_of_systemctl(tmp_path, seed):
    program = systemctl()
    if not program:
        pytest.skip("systemd's systemctl is not installed")
    mine, theirs = make_root(tmp_path / "mine"), make_root(tmp_path / "theirs")
    for root in (mine, theirs):
        if seed:
            (root / "etc/systemd/system/both.service").write_text(UNITS["both.service"])
            preset = root / "etc/systemd/system-preset"
            preset.mkdir()
            (preset / "10-x.preset").write_text("# comment\nenable default@.service one two\ndisable a*\nenable *\n")
    for command in COMMANDS:
        words = command.split()
        expected, got = run(theirs, *words, program=program), run(mine, *words)
        told = f"{command}\nsystemctl: {expected.stdout}{expected.stderr}\nsvctl: {got.stdout}{got.stderr}"
        assert links(mine) == links(theirs), told
        assert (got.returncode, got.stdout) == (1 if command in FAILS_HERE else expected.returncode, expected.stdout), told
    for options in (["--no-legend"], ["--state=enabled,static", "--no-legend"], ["--type=target", "--no-legend"], []):
        expected, got = run(theirs, "list-unit-files", *options, program=program), run(mine, "list-unit-files", *options)
        assert [line.split() for line in got.stdout.splitlines()] == [line.split() for line in expected.stdout.splitlines()]


def test_opposites_leave_nothing(root):
    for command, opposite in (("enable", "disable"), ("mask", "unmask"), ("enable --runtime", "disable --runtime"),
                              ("mask --runtime", "unmask --runtime")):
        svctl(root, *command.split(), "a", "both", "plain", "default@")
        assert links(root), command
        svctl(root, *opposite.split(), "a", "both", "plain", "default@")
        assert not links(root), command
    svctl(root, "add-wants", "multi-user.target", "plain")
    svctl(root, "link", "/opt/far.service")
    svctl(root, "disable", "plain", "far")
    svctl(root, "edit", "--full", "--stdin", "plain", stdin=text_file(root, "[Service]\nExecStart=/bin/false\n"))
    svctl(root, "edit", "--stdin", "plain", stdin=text_file(root, "[Service]\nNice=1\n"))
    svctl(root, "mask", "nope")
    svctl(root, "revert", "plain", "nope")
    assert not links(root)
    assert not list((root / "etc/systemd/system").iterdir()), "no empty directories either"


def text_file(root, text):
    path = root / "text"
    path.write_text(text)
    return path.open()


def test_force_replaces_and_says_so(root):
    directory = root / "etc/systemd/system"
    (directory / "ali.service").symlink_to("/lib/systemd/system/plain.service")
    result = svctl(root, "enable", "a", check=1)
    assert "leads to /lib/systemd/system/plain.service already; --force replaces it" in result.stderr
    result = svctl(root, "enable", "-f", "a")
    assert "Removed" in result.stderr and os.readlink(directory / "ali.service") == "/lib/systemd/system/a.service"
    (directory / "plain.service").write_text(UNITS["plain.service"])
    result = svctl(root, "mask", "plain", check=1)
    assert "is there already, and is no link" in result.stderr and not (directory / "plain.service").is_symlink()


def test_quiet_and_json(root):
    assert svctl(root, "-q", "enable", "a").stderr == ""
    changes = json.loads(svctl(root, "--json", "disable", "a").stdout)["changes"]
    assert {change["type"] for change in changes} == {"unlink"} and len(changes) == 3
    assert svctl(root, "-q", "is-enabled", "a", check=1).stdout == ""


def test_names_that_cannot_be_meant(root):
    for command in ("enable", "disable", "mask", "unmask", "is-enabled", "preset", "reenable", "revert", "edit"):
        for name, text in (("a*", "pattern"), ("x/../y", "path" if command != "enable" else "x/../y"),
                           ("no name", "no name")):
            if command == "enable" and name == "a*":
                text = "a*"
            result = svctl(root, command, name, check=1)
            assert text in result.stderr and not links(root), (command, name, result.stderr)
    assert "no such" in svctl(root, "--root=/nowhere", "enable", "a", check=1).stderr.lower()
    assert "--preset-mode=x" in svctl(root, "preset", "--preset-mode=x", "a", check=1).stderr


def test_hostile_links_end(root):
    directory = root / "etc/systemd/system"
    (directory / "round.service").symlink_to("trip.service")
    (directory / "trip.service").symlink_to("round.service")
    (directory / "self.service").symlink_to("self.service")
    (directory / "dir.service").mkdir()
    (directory / "gone.service").symlink_to("/nowhere/gone.service")
    (directory / "long.service").symlink_to("/" + "x/" * 2000 + "long.service")
    for name in ("round", "trip", "self", "dir", "gone", "long"):
        assert svctl(root, "is-enabled", name, check=1).stdout == ""
        svctl(root, "enable", name, check=1)
    lines = svctl(root, "list-unit-files", "--no-legend").stdout.splitlines()
    assert any(line.split()[:2] == ["round.service", "bad"] for line in lines)


def editor(tmp_path, text):
    """A command that puts a text into each file it is given."""
    script = tmp_path / "editor"
    script.write_text(f"#!/bin/sh\nfor f; do [ \"$f\" = --flag ] || {{ {text}; }}; done\n")
    script.chmod(0o755)
    return {**os.environ, "SYSTEMD_EDITOR": f"{script} --flag"}


def test_edit_keeps_what_stands_between_the_lines(root, tmp_path):
    drop_in = root / "etc/systemd/system/plain.service.d/override.conf"
    put = "sed -i 's/^### What stands between.*/&\\n[Service]\\nNice=3/' \"$f\""
    result = svctl(root, "edit", "plain", env=editor(tmp_path, put))
    assert drop_in.read_text() == "[Service]\nNice=3\n" and str(drop_in) in result.stderr
    result = svctl(root, "edit", "--full", "plain", env=editor(tmp_path, "echo '# mine' >> \"$f\""))
    assert (root / "etc/systemd/system/plain.service").read_text() == UNITS["plain.service"] + "# mine\n"
    svctl(root, "edit", "plain", env=editor(tmp_path, "grep -q Nice=3 \"$f\" && grep -q '^# ExecStart' \"$f\" || exit 7"))
    svctl(root, "edit", "--drop-in=10-x", "--stdin", "a", stdin=text_file(root, "[Unit]\nDescription=x\n"))
    assert (root / "etc/systemd/system/a.service.d/10-x.conf").exists()


def test_edit_that_comes_to_nothing(root, tmp_path):
    assert "nothing was changed" in svctl(root, "edit", "plain", check=1, env=editor(tmp_path, ": > \"$f\"")).stderr
    assert "nothing was changed" in svctl(root, "edit", "plain", check=1, env=editor(tmp_path, "exit 1")).stderr
    assert "--force --full" in svctl(root, "edit", "new", check=1).stderr
    assert not list((root / "etc/systemd/system").iterdir())
    svctl(root, "edit", "--force", "--full", "--stdin", "new", stdin=text_file(root, UNITS["both.service"]))
    assert svctl(root, "is-enabled", "new", check=1).stdout == "disabled\n"


def test_an_ordinary_user_has_links_of_his_own(tmp_path):
    config = tmp_path / "config"
    units = config / "systemd/user"
    units.mkdir(parents=True)
    (units / "mine.service").write_text("[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=default.target\n")
    environment = {**os.environ, "XDG_CONFIG_HOME": str(config), "XDG_RUNTIME_DIR": str(tmp_path / "run")}
    for command, status in (("enable", 0), ("is-enabled", 0), ("disable", 0), ("is-enabled", 1)):
        result = subprocess.run([SVCTL, "--user", command, "mine"], env=environment, capture_output=True, text=True,
                                check=False, timeout=harness.DEADLINE)
        assert result.returncode == status, result.stderr
        link = units / "default.target.wants/mine.service"
        assert link.is_symlink() == (command == "enable" or (command == "is-enabled" and status == 0))


def test_links_have_no_say_in_a_run_directory(tmp_path):
    units = tmp_path / "config/svinit/units"
    units.mkdir(parents=True)
    (units / "here.service").write_text(UNITS["both.service"])
    environment = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_RUNTIME_DIR": str(tmp_path)}
    for command, status, text in (("is-enabled", 0, "enabled"), ("enable", 0, "starts as it is"),
                                  ("disable", 1, "starts because it lies in"), ("mask", 1, "starts because it lies in")):
        result = subprocess.run([SVCTL, "--user", command, "here"], env=environment, capture_output=True, text=True,
                                check=False, timeout=harness.DEADLINE)
        assert result.returncode == status and text in result.stdout + result.stderr, (command, result)
    assert not (tmp_path / "config/systemd").exists()


def test_what_cannot_be_written_is_told(root):
    if os.geteuid() != 0:
        pytest.skip("needs another user to be one who may not")
    for path in [root, *root.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755)
    for path in root.resolve().parents:
        if path != pathlib.Path("/tmp"):
            path.chmod(path.stat().st_mode | 0o055)
    for command in ("enable", "mask"):
        result = svctl(root, "--system", command, "a", check=1, user="nobody", group="nogroup", extra_groups=[])
        assert "Permission denied" in result.stderr and not links(root), result.stderr


def test_svinit_shows_the_states(svinit):
    s = svinit({"shown.service": "[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=multi-user.target\n"})
    shown = s.show("shown")
    assert shown["UnitFileState"] == "enabled", "what lies in a run directory starts"
    assert shown["UnitFilePreset"] in ("enabled", "disabled")
    assert f"; enabled; preset: {shown['UnitFilePreset']})" in s.ctl("status", "shown").stdout
    assert s.show("multi-user.target")["UnitFileState"] is None


def user_environment(s):
    """Where the run directory is that user's unit directory."""
    config = s.top / "config"
    (config / "systemd").mkdir(parents=True)
    (config / "systemd/user").symlink_to(s.units)
    return {**os.environ, "XDG_CONFIG_HOME": str(config), "XDG_RUNTIME_DIR": str(s.top)}


def test_a_running_svinit_reads_the_files_again(svinit):
    text = "[Unit]\nDescription=old\n[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=default.target\n"
    s = svinit({"one": text, "two": text})
    environment = user_environment(s)
    s.write("two", text.replace("old", "new"))
    s.ctl("--user", "enable", "--no-reload", "one", check=0, env=environment)
    assert not s.show("two")["NeedRestart"]
    result = s.ctl("--user", "disable", "--now", "one", check=0, env=environment)
    assert "Removed" in result.stderr and s.show("two")["NeedRestart"]
    assert s.state("one")[0] == "inactive"
    s.ctl("--user", "enable", "--now", "one", check=0, env=environment)
    assert s.state("one")[0] == "active"
    s.ctl("--user", "mask", "--now", "missing", check=5, env=environment)
    assert (s.units / "missing.service").is_symlink()

"""diff, and what is told of units whose files changed."""
import json
import os

import pytest

from harness import until

SLEEP = "[Service]\nExecStart=/bin/sleep infinity\n"

# Each is added to a unit; the key must show, under its own name or under that of the property it becomes.
KEYS = """
[Unit] Description=new | Documentation=man:x(1) | After=other.service | Wants=other.service | Requires=other.service
[Unit] Conflicts=other.service | PartOf=other.service | OnFailure=other.service | PropagatesReloadTo=other.service
[Unit] StartLimitIntervalSec=7 StartLimitIntervalUSec | StartLimitBurst=9 | StartLimitAction=reboot
[Unit] FailureAction=exit | SuccessAction=exit | FailureActionExitStatus=4 | JobTimeoutSec=9 JobTimeoutUSec
[Unit] ConditionPathExists=/x Conditions | AssertPathExists=/x Asserts | DefaultDependencies=no
[Unit] RefuseManualStop=yes | AllowIsolate=yes CanIsolate | IgnoreOnIsolate=yes | StopWhenUnneeded=yes
[Unit] OnFailureJobMode=fail
[Service] Type=notify | Restart=always | RestartSec=3 RestartUSec | RestartSteps=2 | RestartMaxDelaySec=9 RestartMaxDelayUSec
[Service] TimeoutStartSec=3 TimeoutStartUSec | TimeoutStopSec=3 TimeoutStopUSec | RuntimeMaxSec=3 RuntimeMaxUSec
[Service] WatchdogSec=3 WatchdogUSec | SuccessExitStatus=3 | RestartPreventExitStatus=3 | RestartForceExitStatus=3
[Service] PIDFile=/run/x | RemainAfterExit=yes | GuessMainPID=no | NotifyAccess=all | ExitType=cgroup
[Service] ExecStartPre=/bin/true | ExecStartPost=/bin/true | ExecReload=/bin/true | ExecStop=/bin/true
[Service] ExecStopPost=/bin/true | ExecCondition=/bin/true | FileDescriptorStoreMax=3 | KillMode=mixed
[Service] KillSignal=QUIT | SendSIGHUP=yes | SendSIGKILL=no | FinalKillSignal=QUIT | OOMPolicy=kill
[Service] OpenFile=/etc/hostname | Sockets=x.socket
[Service] User=nobody | Group=nogroup | SupplementaryGroups=audio | WorkingDirectory=/tmp | UMask=077 | Nice=3
[Service] OOMScoreAdjust=3 | Environment=A=b | EnvironmentFile=/x EnvironmentFiles | PassEnvironment=A
[Service] UnsetEnvironment=A | LimitNOFILE=99 | StandardOutput=null | StandardError=null | StandardInput=tty
[Service] StandardOutput=append:/x StandardOutputPath | SyslogIdentifier=x | SyslogLevel=debug | SyslogFacility=mail
[Service] LogLevelMax=err | RuntimeDirectory=x | StateDirectory=x | RuntimeDirectoryMode=0700
[Service] CapabilityBoundingSet=CAP_CHOWN | AmbientCapabilities=CAP_CHOWN | NoNewPrivileges=yes | SecureBits=noroot
[Service] CPUSchedulingPolicy=batch | IOSchedulingClass=idle | IOSchedulingPriority=3 | TimerSlackNSec=5ms
[Service] IgnoreSIGPIPE=no | NonBlocking=yes | RuntimeDirectoryPreserve=yes | TTYPath=/dev/tty9
[Service] LogRateLimitIntervalSec=3 LogRateLimitIntervalUSec | LogRateLimitBurst=7 | Delegate=yes
[Service] StandardInputText=hello StandardInputData
[X-Svinit] LogMaxBytes=1M | LogMaxFiles=3 | LogMaxAgeSec=1h LogMaxAgeUSec | LogFormat=json | LogPrefix=x
"""


def listed_keys():
    for line in KEYS.strip().splitlines():
        section, _, settings = line.partition(" ")
        for setting in settings.split(" | "):
            words = setting.rsplit(" ", 1)
            shown = words[1] if len(words) == 2 else words[0].split("=")[0]
            yield section, words[0], shown


def diff(sv, status):
    return {unit["Id"]: unit for unit in json.loads(sv.ctl("diff", "--json", check=status).stdout)["units"]}


def test_every_key_shows(svinit):
    keys = list(listed_keys())
    sv = svinit({f"s{i}": SLEEP.replace("[Service]", "[Service]\nType=oneshot") if "RemainAfter" in setting else SLEEP
                 for i, (_, setting, _) in enumerate(keys)})
    assert diff(sv, 0) == {}
    for i, (section, setting, _) in enumerate(keys):
        with (sv.units / f"s{i}.service").open("a", encoding="ascii") as file:
            file.write(f"{section}\n{setting}\n")
    found = diff(sv, 1)
    missed = []
    for i, (_, setting, shown) in enumerate(keys):
        if shown not in [entry["key"] for entry in found[f"s{i}.service"]["keys"]]:
            missed.append((setting, shown))
    assert not missed, missed


def test_what_a_reload_would_do(svinit):
    sv = svinit({"same": SLEEP, "changed": SLEEP, "gone": SLEEP, "idle.target": "[Unit]\nDescription=x\n"})
    for unit in ("same", "changed", "gone"):
        sv.until_active(unit)
    assert diff(sv, 0) == {}
    sv.write("same", "# a comment\n" + SLEEP + "[Install]\nWantedBy=multi-user.target\n")
    sv.write("changed", "[Unit]\nWants=brand-new.service\n" + SLEEP + "RestartSec=5\n")
    sv.write("brand-new", SLEEP)
    (sv.units / "gone.service").unlink()
    found = diff(sv, 1)
    assert {name: unit["change"] for name, unit in found.items()} == {
        "changed.service": "changed", "gone.service": "vanishes", "brand-new.service": "appears"}
    assert found["changed.service"]["NeedDaemonReload"] and found["changed.service"]["NeedRestart"]
    assert {entry["key"]: (entry["old"], entry["new"]) for entry in found["changed.service"]["keys"]} == {
        "RestartUSec": (100000, 5000000), "Wants": ([], ["brand-new.service"])}
    text = sv.ctl("diff", check=1).stdout
    assert "- RestartSec=100ms\n" in text and "+ RestartSec=5s\n" in text and "+ Wants=brand-new.service\n" in text
    assert sv.ctl("diff", "--quiet", check=1).stdout == ""


def test_a_reload_is_told_until_it_is_applied(svinit):
    sv = svinit({"s": SLEEP, "other": SLEEP})
    old = sv.until_active("s")["MainPID"]
    other = sv.until_active("other")["MainPID"]
    sv.write("s", SLEEP + "Nice=1\n")
    sv.ctl("daemon-reload", check=0)
    found = diff(sv, 1)["s.service"]
    assert not found["NeedDaemonReload"] and found["NeedRestart"]
    assert "restart to apply" in sv.ctl("diff", check=1).stdout
    assert "restart to apply" in sv.ctl("status", "s", check=0).stdout
    assert "restart to apply" in sv.ctl("list", check=0).stdout
    assert (sv.main_pid("s"), sv.main_pid("other")) == (old, other)
    sv.ctl("restart", "s", check=0)
    assert diff(sv, 0) == {}
    assert "restart to apply" not in sv.ctl("list", check=0).stdout


@pytest.fixture(name="stale")
def stale_of(svinit):
    sv = svinit({"s": SLEEP, "foo-bar": SLEEP, "t@": SLEEP, "all.target": "[Unit]\nWants=t@1.service\n"})
    sv.until_active("s")
    sv.until_active("t@1.service")

    def stale():
        answer = {unit["Id"]: unit["NeedDaemonReload"] for unit in sv.call("List", all=True)["units"]}
        for name in ("s.service", "foo-bar.service", "t@1.service", "all.target"):
            assert answer[name] == sv.show(name)["NeedDaemonReload"], name
        return sorted(name for name in answer if answer[name])
    assert stale() == []
    assert stale() == []
    return sv, stale


@pytest.mark.parametrize("name, text, units", [
    ("s", SLEEP + "Nice=2\n", ["s.service"]),
    ("t@", SLEEP + "Nice=2\n", ["t@1.service"]),
    ("s.service.d/a.conf", "[Service]\nNice=1\n", ["s.service"]),
    ("foo-.service.d/a.conf", "[Service]\nNice=1\n", ["foo-bar.service"]),
    ("t@.service.d/a.conf", "[Service]\nNice=1\n", ["t@1.service"]),
    ("t@1.service.d/a.conf", "[Service]\nNice=1\n", ["t@1.service"]),
    ("t@1.service", SLEEP, ["t@1.service"]),
    ("service.d/a.conf", "[Service]\nNice=1\n", ["foo-bar.service", "s.service", "t@1.service"]),
])
def test_list_tells_of_files_that_changed(stale, name, text, units):
    sv, seen = stale

    def is_seen():
        """Times of files go in ticks: what is written in that of the last load looks as old as it."""
        (sv.units / name).unlink(missing_ok=True)
        sv.write(name, text)
        return seen() == units
    until(is_seen, "the change to be seen")
    assert "changed on disk" in sv.ctl("list", check=0).stdout
    sv.ctl("daemon-reload", check=0)
    assert seen() == []


def test_links_that_lead_elsewhere(stale):
    sv, seen = stale
    real = sv.file("real.service")
    real.write_text(SLEEP, encoding="ascii")
    path = sv.units / "s.service"

    def is_seen(make):
        path.unlink()
        make()
        return seen() == ["s.service"]
    until(lambda: is_seen(lambda: path.symlink_to(real)), "the link")
    sv.ctl("daemon-reload", check=0)
    assert seen() == []

    def is_touched():
        os.utime(real)
        return seen() == ["s.service"]
    until(is_touched, "the change behind the link")
    sv.ctl("daemon-reload", check=0)
    until(lambda: is_seen(lambda: path.symlink_to("/dev/null")), "the mask")
    sv.ctl("daemon-reload", check=0)
    assert seen() == []
    assert sv.state("s")[0] == "active"


def test_a_wants_directory(stale):
    sv, seen = stale

    def is_seen():
        link = sv.units / "all.target.wants" / "s.service"
        link.parent.mkdir(exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to("../s.service")
        return seen() == ["all.target"]
    until(is_seen, "the link to be seen")
    assert [entry["key"] for entry in diff(sv, 1)["all.target"]["keys"]] == ["Wants"]
    sv.ctl("daemon-reload", check=0)
    assert seen() == []

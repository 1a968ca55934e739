"""Programs of packages that make units: run before the boot, and by daemon-reload."""
import pytest

from harness import Svinit, until

PREPARE = """
mount -t tmpfs -o mode=755 tmpfs /mnt
for node in null zero urandom tty; do
	: >/mnt/$node
	mount --bind /dev/$node /mnt/$node
done
mount --move /mnt /dev
mkdir -p /run/systemd
for folder in /etc/systemd /run/systemd /lib/systemd /usr/local/lib/systemd /etc/init.d /etc/rc[0-6S].d; do
	[ ! -d $folder ] || mount -t tmpfs -o mode=755 tmpfs $folder
done
mkdir -p /etc/systemd/system-generators /lib/systemd/system-generators /lib/systemd/system
cp @top@/generator /lib/systemd/system-generators/ours
cp @top@/generator /lib/systemd/system-generators/systemd-ours
cp @top@/generator /lib/systemd/system-generators/hidden
ln -s /dev/null /etc/systemd/system-generators/hidden
printf '#!/bin/sh\\nexit 1\\n' >/lib/systemd/system-generators/fails
chmod 755 /lib/systemd/system-generators/*
"""
# Makes a service that is named as @top@/name says, and has it start with the others.
GENERATOR = """#!/bin/sh
echo "${0##*/} $*" >>@top@/runs
read -r name <@top@/name
printf '[Service]\\nExecStart=/bin/sleep infinity\\n' >"$1/$name.service"
mkdir -p "$1/multi-user.target.wants"
ln -s "../$name.service" "$1/multi-user.target.wants/"
"""


class Machine(Svinit):
    """On its own search path, which is empty but for the generators."""

    def __init__(self):
        super().__init__(pid1=True, prepare="")
        self.file("generator").write_text(GENERATOR.replace("@top@", str(self.top)), encoding="ascii")
        self.file("name").write_text("made\n", encoding="ascii")
        self.prepare = PREPARE.replace("@top@", str(self.top))

    def command(self):
        command = super().command()
        at = command.index("--units")
        return command[:at] + command[at + 2:]


@pytest.fixture(name="machine")
def machine_of(svinit):
    probe = svinit(start=False, pid1=True)  # skips where there are no namespaces
    probe.destroy()
    sv = Machine()
    yield sv
    sv.destroy()


def test_what_generators_make_is_booted(machine):
    machine.start()
    until(lambda: machine.call("SystemState")["state"] == "running", "the end of the boot")
    assert machine.state("made")[0] == "active"
    runs = ["ours /run/systemd/generator /run/systemd/generator.early /run/systemd/generator.late"]
    assert machine.lines("runs") == runs
    assert machine.show("made")["FragmentPath"] == "/run/systemd/generator/made.service"
    # What services say to syslog is kept, too.
    assert machine.inside("readlink", "/dev/log").stdout == f"{machine.runtime}/dev/log\n"
    machine.file("name").write_text("other\n", encoding="ascii")
    machine.ctl("daemon-reload", check=0)
    assert machine.lines("runs") == runs * 2
    assert machine.show("other")["LoadState"] == "loaded"
    assert machine.show("made")["LoadState"] == "not-found"
    assert machine.state("made")[0] == "active"


def test_a_stop_while_generators_run(machine):
    machine.prepare += "printf '#!/bin/sh\\n: >@top@/began\\nexec sleep 1000\\n' >/lib/systemd/system-generators/ours\n".replace(
        "@top@", str(machine.top))
    machine.start()
    until(machine.file("began").exists, "the generator")
    assert machine.call("SystemState")["state"] == "starting"
    assert machine.stop(60) == 0
    assert "multi-user.target" not in machine.said()

"""Type=dbus: a service is up when its name is on the message bus."""
import os
import shutil
import subprocess

import pytest

from harness import until

DAEMON = shutil.which("dbus-daemon")
CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><listen>unix:path=@top@/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/><allow user="*"/></policy>
</busconfig>
"""
# Takes a name when a file appears; speaks the protocol itself, so that nothing need be installed.
OWNER = r'''
import os, socket, struct, sys, time
def text(message, value): return pad(message, 4) + struct.pack("<I", len(value)) + value.encode() + b"\0"
def pad(message, to): return message + b"\0" * (-len(message) % to)
def field(fields, code, kind, value):
    fields = pad(fields, 8) + bytes([code, 1]) + kind.encode() + b"\0"
    return text(fields, value) if kind != "g" else fields + bytes([len(value)]) + value.encode() + b"\0"
def call(serial, member, signature="", body=b""):
    fields = b""
    for code, kind, value in (1, "o", "/org/freedesktop/DBus"), (2, "s", "org.freedesktop.DBus"), (3, "s", member), \
            (6, "s", "org.freedesktop.DBus"), *([(8, "g", signature)] if signature else []):
        fields = field(fields, code, kind, value)
    head = b"l\1\0\1" + struct.pack("<III", len(body), serial, len(fields))
    return pad(head + fields, 8) + body
top, name = sys.argv[1:]
while not os.path.exists(top + "/go"): time.sleep(0.01)
bus = socket.socket(socket.AF_UNIX)
bus.connect(top + "/bus")
bus.sendall(b"\0AUTH EXTERNAL " + str(os.getuid()).encode().hex().encode() + b"\r\n")
assert bus.recv(1000).startswith(b"OK")
bus.sendall(b"BEGIN\r\n" + call(1, "Hello") + call(2, "RequestName", "su", pad(text(b"", name), 4) + struct.pack("<I", 0)))
while bus.recv(65536): pass
'''


@pytest.fixture
def bus(svinit):
    if not DAEMON:
        pytest.skip("dbus-daemon is not installed")
    sv = svinit(start=False)
    sv.environment = dict(os.environ, DBUS_SYSTEM_BUS_ADDRESS=f"unix:path={sv.top}/bus")
    (sv.top / "bus.conf").write_text(CONFIG.replace("@top@", str(sv.top)))
    (sv.top / "owner.py").write_text(OWNER)
    with subprocess.Popen([DAEMON, f"--config-file={sv.top}/bus.conf", "--nofork"], stderr=subprocess.DEVNULL) as daemon:
        sv.daemon = daemon
        until((sv.top / "bus").exists, "the bus")
        yield sv
        daemon.kill()


def unit(sv, more=""):
    sv.write("owner", "[Service]\nType=dbus\nBusName=org.example.Owner\n" + more +
             "ExecStart=/usr/bin/python3 @top@/owner.py @top@ org.example.Owner\n")


def test_it_is_up_when_its_name_appears(bus):
    unit(bus)
    bus.write("after", "[Unit]\nRequires=owner.service\nAfter=owner.service\n[Service]\nExecStart=/bin/sleep infinity\n")
    bus.start()
    until(lambda: bus.state("owner") == ("activating", "start") and bus.main_pid("owner"), "the program to run")
    assert bus.state("after")[0] == "inactive"
    (bus.top / "go").touch()
    bus.until_active("owner")
    bus.until_active("after")
    bus.ctl("restart", "owner", check=0)
    assert bus.state("owner") == ("active", "running")


def test_a_name_that_never_appears_ends_with_the_timeout(bus):
    unit(bus, "TimeoutStartSec=500ms\n")
    bus.start()
    bus.until_state("owner", "failed")
    assert bus.show("owner")["Result"] == "timeout"


def test_without_a_bus_it_is_up_when_its_program_runs_and_says_so(svinit):
    sv = svinit(start=False)
    sv.environment = dict(os.environ, DBUS_SYSTEM_BUS_ADDRESS=f"unix:path={sv.top}/away")
    sv.write("owner", "[Service]\nType=dbus\nBusName=org.example.Owner\nExecStart=/bin/sleep infinity\n")
    sv.start()
    sv.until_active("owner")
    assert "no message bus" in sv.ctl("status", "owner", check=0).stdout


def test_a_bus_that_goes_away_does_not_hold_the_service_up(bus):
    unit(bus)
    bus.start()
    until(lambda: bus.state("owner") == ("activating", "start") and bus.main_pid("owner"), "the program to run")
    bus.daemon.kill()
    bus.until_active("owner")
    assert "bus has gone" in bus.show("owner")["StatusText"]

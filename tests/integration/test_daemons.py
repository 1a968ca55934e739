"""
Daemons of Debian's packages, with Debian's own unit files, under svinit as PID 1 of a namespace: they serve, come back
after kill -9 of their main process, and leave nothing behind when they are stopped.
"""
import os
import pathlib

import pytest

from harness import descendants_of, is_alive, until

DEBIAN_UNITS = pathlib.Path("/lib/systemd/system")
# Folders in which daemons write get a copy in memory, so that a test leaves the machine as it was.
PREPARE = """
mount --make-rprivate /
ip link set lo up
for folder in /var/lib/redis /var/lib/postgresql /var/log /var/spool/cron /etc/postgresql; do
	[ -d $folder ] || continue
	mkdir -p /mnt
	mount -t tmpfs tmpfs /mnt
	cp -a $folder/. /mnt/
	chown --reference=$folder /mnt && chmod --reference=$folder /mnt
	mount --move /mnt $folder
done
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p -m 1777 /run/lock
for folder in /run/postgresql; do mkdir -p -m 2775 $folder; chown postgres:postgres $folder 2>/dev/null || :; done
"""
COME_BACK = "[Service]\nRestart=on-failure\nRestartSec=100ms\n"


class Daemon:
    def __init__(self, sv, unit):
        self.sv, self.unit = sv, unit

    def came_back(self):
        old = self.sv.kill_main(self.unit)
        return self.sv.until_restarted(self.unit, old, seconds=60)

    def stop(self):
        """Stops it; afterwards only svinit and svlog are left."""
        below = descendants_of(self.sv.pid)
        self.sv.ctl("stop", self.unit, check=0, seconds=60)
        left = [pid for pid in below if is_alive(pid) and
                "svlog" not in pathlib.Path(f"/proc/{pid}/comm").read_text(encoding="utf-8")]
        assert left == [], [pathlib.Path(f"/proc/{pid}/cmdline").read_bytes() for pid in left]
        assert self.sv.state(self.unit)[0] == "inactive"
        assert self.sv.stop(60) == 0


@pytest.fixture
def daemon(svinit):
    def run(unit, program, drop_in=None, template=None):
        source = DEBIAN_UNITS / (template or unit)
        if not source.exists() or not os.path.exists(program):
            pytest.skip(f"{program} is not installed")
        if os.getuid() != 0:
            pytest.skip("needs root")
        sv = svinit(start=False, pid1=True, prepare=PREPARE)
        (sv.units / source.name).symlink_to(source)
        if template:
            sv.write("all.target", f"[Unit]\nWants={unit}\n")
        if drop_in:
            sv.write(f"{source.name}.d/test.conf", drop_in)
        sv.start()
        sv.until_active(unit, seconds=60)
        return Daemon(sv, unit)
    return run


def test_nginx(daemon):
    nginx = daemon("nginx.service", "/usr/sbin/nginx", COME_BACK)

    def serves():
        return "nginx" in nginx.sv.inside("/usr/bin/python3", "-c",
                                          "import urllib.request as r; print(r.urlopen('http://127.0.0.1/').read())").stdout
    until(serves, "a page")
    nginx.came_back()
    until(serves, "a page after the restart")
    nginx.sv.ctl("reload", "nginx", check=0)
    until(serves, "a page after the reload")
    nginx.stop()


def test_redis(daemon):
    redis = daemon("redis-server.service", "/usr/bin/redis-server")

    def asks(*words):
        return redis.sv.inside("redis-cli", *words).stdout.strip()
    until(lambda: asks("PING") == "PONG", "an answer")
    assert asks("SET", "key", "value") == "OK"
    assert asks("SAVE") == "OK"
    redis.came_back()
    until(lambda: asks("GET", "key") == "value", "the value after the restart")
    assert redis.sv.show("redis-server")["StatusText"]
    redis.stop()


def test_postgresql(daemon):
    clusters = sorted(pathlib.Path("/etc/postgresql").glob("*/main"))
    if not clusters:
        pytest.skip("there is no PostgreSQL cluster")
    version = clusters[-1].parent.name
    postgres = daemon(f"postgresql@{version}-main.service", f"/usr/lib/postgresql/{version}/bin/postgres", COME_BACK,
                      template="postgresql@.service")

    def asks(query):
        answer = postgres.sv.inside("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "psql", "-h",
                                    "/run/postgresql", "-Atc", query, "postgres")
        return answer.stdout.strip() or answer.stderr
    until(lambda: asks("select 6*7") == "42", "an answer")
    asks("create table kept (n int); insert into kept values (1), (2)")
    postgres.came_back()
    until(lambda: asks("select sum(n) from kept") == "3", "the table after the restart", seconds=60)
    postgres.stop()


def test_cron(daemon):
    cron = daemon("cron.service", "/usr/sbin/cron")
    cron.came_back()
    cron.stop()


def test_ssh(daemon):
    ssh = daemon("ssh.service", "/usr/sbin/sshd")

    def greets():
        return ssh.sv.inside("/usr/bin/python3", "-c", "import socket as s; print(s.create_connection(('127.0.0.1', 22)).recv(9))"
                             ).stdout
    until(lambda: "SSH-2.0" in greets(), "the greeting")
    ssh.came_back()
    until(lambda: "SSH-2.0" in greets(), "the greeting after the restart")
    # KillMode=process leaves what serves a connection to end by itself.
    until(lambda: len(ssh.sv.call("Tree", units=["ssh.service"])["units"][0]["processes"]) == 1, "the connections to end")
    ssh.stop()

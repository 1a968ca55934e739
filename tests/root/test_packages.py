"""Debian's packages and their own maintainer scripts, in a Debian that svinit runs."""
import harness

# What is there before a package comes and must be there again after it has gone.
LOOKED_AT = ["find", "/etc/systemd", "/run/systemd", "/var/lib/systemd", "-not", "-name", "deb-systemd-helper-*"]


def state(root, unit):
    return root.run("systemctl", "is-active", unit).stdout.strip()


def answer(root):
    return root.run("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "http://127.0.0.1/").stdout


def main_pid(root, unit):
    return int(root.run("systemctl", "show", "-p", "MainPID", "--value", unit, check=0).stdout)


def test_nginx_comes_runs_and_goes(root):
    before = root.run(*LOOKED_AT).stdout
    installed = root.apt("install", "nginx-light")
    assert "Created symlink /etc/systemd/system/multi-user.target.wants/nginx.service" in installed.stdout + installed.stderr
    assert (state(root, "nginx"), answer(root)) == ("active", "200")
    assert root.run("systemctl", "is-enabled", "nginx", check=0).stdout == "enabled\n"

    # What a package does when it is configured once more, which for nginx is an upgrade of the running binary.
    old = main_pid(root, "nginx")
    root.run("dpkg-reconfigure", "nginx", check=0)
    harness.until(lambda: main_pid(root, "nginx") not in (0, old), "nginx to have handed over to its successor", 30)
    assert (state(root, "nginx"), answer(root)) == ("active", "200")

    root.apt("purge", "nginx-light", "nginx", "nginx-common", "libnginx-mod-http-echo")
    assert state(root, "nginx") == "inactive" and answer(root) == "000"
    assert root.run("pgrep", "nginx").stdout == ""
    assert root.run(*LOOKED_AT).stdout == before


def test_invoke_rc_d_and_service(root):
    root.apt("install", "nginx-light")
    assert root.run("invoke-rc.d", "nginx", "status", check=0).stdout.startswith("● nginx.service")
    root.run("service", "nginx", "stop", check=0)
    assert state(root, "nginx") == "inactive"
    assert root.run("service", "nginx", "status").returncode == 3
    root.run("invoke-rc.d", "nginx", "start", check=0)
    assert answer(root) == "200"
    old = main_pid(root, "nginx")
    root.run("invoke-rc.d", "nginx", "reload", check=0)
    root.run("invoke-rc.d", "nginx", "force-reload", check=0)
    assert main_pid(root, "nginx") == old
    root.run("invoke-rc.d", "nginx", "restart", check=0)
    assert main_pid(root, "nginx") != old
    # A unit that is neither enabled nor running is left alone.
    root.run("systemctl", "disable", "--now", "nginx", check=0)
    root.run("deb-systemd-invoke", "start", "nginx.service", check=0)
    assert state(root, "nginx") == "inactive"
    root.run("systemctl", "mask", "nginx", check=0)
    root.run("invoke-rc.d", "nginx", "start", check=0)
    assert state(root, "nginx") == "inactive"


def test_policy_rc_d_is_respected(root):
    root.run("sh", "-c", "printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d", check=0)
    root.apt("install", "nginx-light")
    assert state(root, "nginx") == "inactive"
    root.run("invoke-rc.d", "nginx", "start")
    root.run("deb-systemd-invoke", "start", "nginx.service")
    assert state(root, "nginx") == "inactive"
    root.run("rm", "/usr/sbin/policy-rc.d", check=0)
    root.run("invoke-rc.d", "nginx", "start", check=0)
    assert answer(root) == "200"


def test_an_upgrade_restarts_and_keeps_what_was_disabled(root):
    root.apt("install", "redis-server")
    assert state(root, "redis-server") == "active"
    assert root.run("redis-cli", "ping").stdout == "PONG\n"
    old = main_pid(root, "redis-server")
    root.apt("install", "--reinstall", "redis-server")
    assert main_pid(root, "redis-server") not in (0, old)
    root.run("systemctl", "disable", "--now", "redis-server", check=0)
    root.apt("install", "--reinstall", "redis-server")
    assert root.run("systemctl", "is-enabled", "redis-server").stdout == "disabled\n"
    assert state(root, "redis-server") == "inactive"
    root.apt("purge", "redis-server")
    assert root.run("pgrep", "redis").stdout == ""


def test_what_is_enabled_starts_at_boot(root):
    root.apt("install", "nginx-light", "cron")
    root.run("systemctl", "disable", "cron", check=0)
    root.shut_down()
    root.boot()
    harness.until(lambda: answer(root) == "200", "nginx to serve after the boot", 30)
    assert state(root, "cron") == "inactive"


def test_systemd_that_a_package_brings_along_lies_beside(root):
    """php-fpm's dependencies are met by systemd before anything else."""
    root.apt("install", "php-fpm")
    assert "ii" in root.run("dpkg-query", "-W", "-f", "${db:Status-Abbrev}", "systemd").stdout
    assert "svinit" in root.run("systemctl", "--version").stdout
    assert root.run("readlink", "/sbin/init").stdout == "/usr/bin/svinit\n"
    unit = root.run("sh", "-c", "cd /lib/systemd/system; echo php*-fpm.service").stdout.strip()
    assert state(root, unit) == "active"
    assert root.run("systemctl", "show", "-P", "StatusText", unit).stdout.startswith("Ready to handle connections")
    assert root.run("systemctl", "is-system-running").stdout.strip() == "running"


def test_a_package_with_an_alias(root):
    root.apt("install", "openssh-server")
    assert state(root, "ssh") == state(root, "sshd.service") == "active"
    assert root.run("systemctl", "is-enabled", "sshd.service", check=0).stdout == "alias\n"
    greeting = root.run("bash", "-c", "read -r line </dev/tcp/127.0.0.1/22; echo \"$line\"").stdout
    assert greeting.startswith("SSH-2.0-"), greeting
    root.apt("purge", "openssh-server")
    assert root.run("pgrep", "sshd").stdout == ""


SCRIPT = """#!/bin/sh
### BEGIN INIT INFO
# Provides: probe
# Required-Start: $remote_fs cron
# Required-Stop: $remote_fs
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
# Short-Description: a probe of old
### END INIT INFO
case $1 in
start) start-stop-daemon --start --background --make-pidfile --pidfile /run/probe.pid --exec /bin/sleep -- infinity ;;
stop) start-stop-daemon --stop --pidfile /run/probe.pid --remove-pidfile ;;
restart|reload) echo "$1" >>/root/done ;;
*) echo "usage: probe start|stop|restart|reload"; exit 1 ;;
esac
"""


def test_init_scripts_are_units_where_there_is_no_other(root):
    root.run("sh", "-c", "cat >/etc/init.d/probe <<'END'\n" + SCRIPT + "END\nchmod 755 /etc/init.d/probe", check=0)
    root.run("update-rc.d", "probe", "defaults", check=0)
    root.run("invoke-rc.d", "probe", "start", check=0)
    assert state(root, "probe") == "active"
    harness.until(lambda: root.run("pgrep", "-f", "sleep infinity").stdout, "the daemon to be there", 30)
    shown = root.run("systemctl", "show", "-p", "SourcePath,UnitFileState,Description,NeedDaemonReload", "probe").stdout
    assert shown.split("\n")[:4] == ["SourcePath=/etc/init.d/probe", "UnitFileState=generated",
                                     "Description=LSB: a probe of old", "NeedDaemonReload=no"]
    assert "cron.service" in root.run("systemctl", "show", "-P", "After", "probe").stdout
    for action, enabled in (("disable", "disabled"), ("enable", "enabled")):
        root.run("systemctl", action, "probe", check=0, seconds=30)
        assert root.run("systemctl", "is-enabled", "probe").stdout == f"{enabled}\n"
    root.run("service", "probe", "reload", check=0)
    assert root.run("cat", "/root/done").stdout == "reload\n"
    root.run("service", "probe", "stop", check=0)
    harness.until(lambda: not root.run("pgrep", "-f", "sleep infinity").stdout, "the daemon to be gone", 30)
    root.shut_down()
    root.boot()
    harness.until(lambda: state(root, "probe") == "active", "the script to be started at boot", 30)
    root.run("systemctl", "mask", "--now", "probe", check=0)
    assert root.run("systemctl", "start", "probe").returncode == 1 and state(root, "probe") == "inactive"


def test_needrestart_finds_the_services(root):
    root.apt("install", "nginx-light")
    root.run("sh", "-c", "for lib in /usr/lib/*/libpcre2-8.so.0.*; do cp $lib /root/new; mv /root/new $lib; done", check=0)
    said = root.run("needrestart", "-b", "-r", "l").stdout
    assert "NEEDRESTART-SVC: nginx.service" in said, said

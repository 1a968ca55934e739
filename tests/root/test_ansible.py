"""Ansible's systemd and service modules, with a local connection, in a Debian that svinit runs."""
import re

UNIT = """[Unit]
Description=Probe
[Service]
ExecStart=/bin/sleep infinity
ExecReload=/bin/kill -CONT $MAINPID
[Install]
WantedBy=multi-user.target
"""

# What it leaves is what it finds the second time.
IDEMPOTENT = """
- hosts: localhost
  connection: local
  tasks:
    - assert: {that: "ansible_service_mgr == 'systemd'"}
    - name: unit file
      copy: {dest: /etc/systemd/system/probe.service, src: /root/probe.service}
      register: unit
    - name: read it
      systemd: {daemon_reload: true}
      when: unit.changed
    - name: enabled and started
      systemd: {name: probe, enabled: true, state: started}
      register: probe
    - assert: {that: "probe.status.ActiveState == 'active' and probe.status.UnitFileState == 'enabled'"}
      when: not probe.changed
    - name: stopped and disabled
      systemd: {name: nginx.service, enabled: false, state: stopped}
    - name: masked
      systemd: {name: cron, masked: true, state: stopped}
    - name: the service module
      service: {name: redis-server, enabled: true, state: started}
"""

ACTIONS = """
- hosts: localhost
  connection: local
  tasks:
    - systemd: {name: probe, state: restarted}
    - systemd: {name: probe, state: reloaded}
    - service: {name: probe, state: restarted}
    - service: {name: probe, state: reloaded}
    - systemd: {name: probe, daemon_reload: true, state: started}
    - systemd: {daemon_reexec: false, daemon_reload: true}
"""

BACK = """
- hosts: localhost
  connection: local
  tasks:
    - systemd: {name: cron, masked: false, enabled: true, state: started}
    - systemd: {name: nginx, enabled: true, state: started}
    - systemd: {name: probe, enabled: false, state: stopped}
"""


def play(root, text):
    """(ok, changed) of a play without a failure."""
    root.run("sh", "-c", "cat >/root/play.yml <<'END'\n" + text + "\nEND", check=0)
    result = root.run("ansible-playbook", "-i", "localhost,", "/root/play.yml", seconds=300)
    recap = re.search(r"ok=(\d+) +changed=(\d+) +unreachable=0 +failed=0", result.stdout)
    assert result.returncode == 0 and recap, result.stdout + result.stderr
    return int(recap[1]), int(recap[2])


def states(root, unit):
    return (root.run("systemctl", "is-active", unit).stdout.strip(), root.run("systemctl", "is-enabled", unit).stdout.strip())


def test_ansible_is_green_and_changes_nothing_twice(root):
    root.apt("install", "nginx-light", "redis-server", "cron")
    root.run("systemctl", "disable", "--now", "redis-server", check=0)
    root.run("sh", "-c", "cat >/root/probe.service <<'END'\n" + UNIT + "END", check=0)
    assert play(root, IDEMPOTENT)[1] == 5
    assert states(root, "probe") == ("active", "enabled")
    assert states(root, "nginx") == ("inactive", "disabled")
    assert states(root, "cron") == ("inactive", "masked")
    assert states(root, "redis-server") == ("active", "enabled")
    assert play(root, IDEMPOTENT)[1] == 0

    before = root.run("systemctl", "show", "-p", "MainPID", "probe", check=0).stdout
    play(root, ACTIONS)
    assert root.run("systemctl", "show", "-p", "MainPID", "probe", check=0).stdout != before
    assert play(root, BACK)[1] == 3
    assert play(root, BACK)[1] == 0
    assert states(root, "probe") == ("inactive", "disabled")
    assert states(root, "cron") == states(root, "nginx") == ("active", "enabled")

"""
The packages, and who is a client of each.

An entry names the unit, what else of the package is enabled, a client that returns something true when it was served,
and how a machine's owner would have configured it where the package's own configuration serves nobody or needs what a
sandbox has not. Unit files are never touched.
"""
import dataclasses
import typing


@dataclasses.dataclass
class Entry:
    package: str
    unit: str
    client: typing.Callable = None
    also: tuple = ()  # units whose links stay enabled too
    prepare: str = None
    skipped: str = None  # the condition because of which systemd would not start it either
    oneshot: bool = False  # has no process of its own
    reload_ends: bool = False  # its ExecReload= ends it, under any supervisor
    stop_result: str = "success"  # how it ends when it is told to, under any supervisor
    note: str = ""


def tcp(port, say, wanted):
    return lambda boot: wanted in boot.ask("tcp", port, say, wanted)


def unix(path, say, wanted):
    return lambda boot: wanted in boot.ask("unix", path, say, wanted)


def http(port, wanted, path="/"):
    return tcp(port, f"GET {path} HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n", wanted)


def domain(port=53, name="localhost"):
    return lambda boot: "4242 response=1 code=0" in boot.ask("domain", port, name)


def command(*words, wanted=""):
    return lambda boot: (lambda said: said and wanted in said)(boot.run(*words))


def appears(path):
    """A file that the service makes."""
    return lambda boot: boot.run("cat", path) is not None and boot.inside("test", "-e", path).returncode == 0


def syslog(boot):
    boot.run("logger", "-p", "mail.info", "a line for syslog")
    return "a line for syslog" in boot.run("cat", "/var/log/syslog")


def at_job(boot):
    boot.inside("sh", "-c", "test -e /run/at-ran || echo 'touch /run/at-ran' | at now")
    return boot.inside("test", "-e", "/run/at-ran").returncode == 0


GENERATED = "pulled in by its generator"


# Those that must work come first.
ENTRIES = [
    Entry("nginx-light", "nginx.service", http(80, "Server: nginx")),
    Entry("redis-server", "redis-server.service", tcp(6379, "PING\\r\\n", "PONG")),
    Entry("postgresql-15", "postgresql@15-main.service",
          command("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "psql", "-Atc", "select 6*7",
                  wanted="42"),
          also=("postgresql.service",),
          note=GENERATED),
    Entry("openssh-server", "ssh.service", tcp(22, "", "SSH-2.0-OpenSSH"), also=("sshd.service",)),
    Entry("cron", "cron.service", appears("/run/cron-ran"),
          prepare="echo '@reboot root touch /run/cron-ran' >/etc/cron.d/compat"),
    Entry("apache2", "apache2.service", http(80, "Server: Apache")),
    Entry("mariadb-server", "mariadb.service", command("mariadb", "-Ne", "select 6*7", wanted="42")),
    Entry("rsyslog", "rsyslog.service", syslog),
    Entry("dnsmasq", "dnsmasq.service", domain()),
    Entry("chrony", "chrony.service", command("chronyc", "tracking", wanted="Leap status"),
          prepare="echo 'DAEMON_OPTS=\"-F 1 -x\"' >/etc/default/chrony", note="with -x: it sets no clock"),
    Entry("memcached", "memcached.service", tcp(11211, "version\\r\\n", "VERSION")),
    Entry("haproxy", "haproxy.service", unix("/run/haproxy/admin.sock", "show info\\n", "Version: ")),
    Entry("php8.2-fpm", "php8.2-fpm.service",
          lambda boot: "forty-two" in boot.ask("fastcgi", "/run/php/php8.2-fpm.sock", "/var/www/x.php"),
          prepare="mkdir -p /var/www; echo '<?php echo \"forty-two\";' >/var/www/x.php; chown -R www-data: /var/www"),
    # And others.
    Entry("dbus", "dbus.service",
          command("dbus-send", "--system", "--print-reply", "--dest=org.freedesktop.DBus", "/",
                  "org.freedesktop.DBus.ListNames", wanted="org.freedesktop.DBus"), also=("dbus.socket",)),
    Entry("avahi-daemon", "avahi-daemon.service", unix("/run/avahi-daemon/socket", "HELP\\n", "+"),
          also=("avahi-daemon.socket",)),
    Entry("tor", "tor@default.service", tcp(9050, "\\x05\\x01\\x00", "\x05"), also=("tor.service",),
          note=GENERATED),
    Entry("unbound", "unbound.service", domain()),
    Entry("bind9", "named.service", domain()),
    Entry("mosquitto", "mosquitto.service",
          tcp(1883, "\\x10\\x0f\\x00\\x04MQTT\\x04\\x02\\x00\\x3c\\x00\\x03abc", "\x20\x02")),
    Entry("dovecot-imapd", "dovecot.service", tcp(143, "", "* OK")),
    Entry("fail2ban", "fail2ban.service", command("fail2ban-client", "ping", wanted="pong"),
          prepare="rm -f /etc/fail2ban/jail.d/*"),
    Entry("rpcbind", "rpcbind.service", command("rpcinfo", "-p", wanted="portmapper"), also=("rpcbind.socket",)),
    Entry("cups-daemon", "cups.service", http(631, "CUPS"), also=("cups.socket", "cups.path")),
    Entry("prometheus-node-exporter", "prometheus-node-exporter.service", http(9100, "node_exporter_build_info", "/metrics"),
          reload_ends=True, note="its `ExecReload=` ends it: it takes no SIGHUP"),
    Entry("prometheus", "prometheus.service", http(9090, "Prometheus Server is", "/-/healthy")),
    Entry("vsftpd", "vsftpd.service", tcp(21, "", "220")),
    Entry("squid", "squid.service", http(3128, "ERR_INVALID_URL")),
    Entry("lighttpd", "lighttpd.service", http(80, "Server: lighttpd")),
    Entry("stunnel4", "stunnel@mail.service",
          command("sh", "-c", "timeout 3 openssl s_client -quiet -connect 127.0.0.1:1109 2>/dev/null || :", wanted="SSH-2.0"),
          also=("stunnel.target", "ssh.service"),
          prepare="openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -keyout /etc/stunnel/x.key -out /etc/stunnel/x.crt"
                  " 2>/dev/null; cat /etc/stunnel/x.key /etc/stunnel/x.crt >/etc/stunnel/x.pem;"
                  " printf 'foreground = yes\\n[x]\\naccept = 1109\\nconnect = 22\\ncert = /etc/stunnel/x.pem\\n'"
                  " >/etc/stunnel/mail.conf; ln -s /lib/systemd/system/stunnel@.service"
                  " /etc/systemd/system/multi-user.target.wants/stunnel@mail.service"),
    Entry("at", "atd.service", at_job),
    Entry("smartmontools", "smartmontools.service", skipped="ConditionVirtualization=no"),
    Entry("tinyproxy", "tinyproxy.service", http(8888, "tinyproxy", "http://localhost:1/")),
    Entry("varnish", "varnish.service", http(6081, "Backend fetch failed"), stop_result="exit-code",
          note="exits with 64 when its child gets SIGTERM with it"),
    Entry("postfix", "postfix@-.service", tcp(25, "", "220"), also=("postfix.service",),
          note=GENERATED),
    Entry("snmpd", "snmpd.service", lambda boot: "answer of" in boot.ask("snmp", 161)),
    Entry("nats-server", "nats-server.service", tcp(4222, "", "INFO")),
    Entry("etcd-server", "etcd.service", http(2379, "etcdserver", "/version")),
    Entry("beanstalkd", "beanstalkd.service", tcp(11300, "stats\\r\\n", "OK")),
    Entry("freeradius", "freeradius.service"),
    Entry("knot", "knot.service", lambda boot: "4242 response=1" in boot.ask("domain", 53, "localhost"),
          prepare="sed -i 's/^server:/&\\n    listen: 127.0.0.1@53/' /etc/knot/knot.conf"),
    Entry("pdns-recursor", "pdns-recursor.service", domain()),
    Entry("nsd", "nsd.service", lambda boot: "4242 response=1" in boot.ask("domain", 53, "localhost")),
    Entry("transmission-daemon", "transmission-daemon.service", http(9091, "Server: Transmission", "/transmission/web/")),
    Entry("lldpd", "lldpd.service", command("lldpcli", "show", "configuration", wanted="Configuration")),
    Entry("vnstat", "vnstat.service"),
    Entry("haveged", "haveged.service"),
    Entry("irqbalance", "irqbalance.service"),
    Entry("nscd", "nscd.service", command("nscd", "-g", wanted="server runtime")),
    Entry("privoxy", "privoxy.service", http(8118, "Privoxy", "http://p.p/")),
    Entry("ngircd", "ngircd.service", tcp(6667, "NICK x\\r\\nUSER x x x :x\\r\\n", "Welcome")),
    Entry("zabbix-agent", "zabbix-agent.service", lambda boot: "ZBXD" in boot.ask("zabbix", 10050)),
    Entry("munin-node", "munin-node.service", tcp(4949, "version\\n", "munins node")),
    Entry("pgbouncer", "pgbouncer.service", tcp(6432, "\\x00\\x00\\x00\\x08\\x04\\xd2\\x16\\x2f", "N")),
    Entry("spamd", "spamd.service", tcp(783, "PING SPAMC/1.2\\r\\n\\r\\n", "PONG")),
    Entry("samba", "smbd.service", lambda boot: "dialect 2" in boot.ask("smb", 445)),
    Entry("gpsd", "gpsd.service", tcp(2947, "?VERSION;\\n", "VERSION"), also=("gpsd.socket",)),
    Entry("influxdb", "influxdb.service", http(8086, "204", "/ping")),
    Entry("opendkim", "opendkim.service"),
    Entry("openvpn", "openvpn.service", oneshot=True),
    Entry("rsync", "rsync.service", tcp(873, "", "@RSYNCD:"), also=(),
          prepare="touch /etc/rsyncd.conf; ln -sf /lib/systemd/system/rsync.service"
                  " /etc/systemd/system/multi-user.target.wants/"),
    Entry("acpid", "acpid.service", also=("acpid.socket", "acpid.path")),
]

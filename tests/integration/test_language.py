"""Keys of unit files whose effect only a running service shows."""
import os
import socket

REPORT = r"""#!/usr/bin/python3
import os
out = open("@top@/report", "w")
print(os.environ.get("LISTEN_FDS"), os.environ.get("LISTEN_FDNAMES"), os.environ.get("LISTEN_PID") == str(os.getpid()),
      file=out)
for fd in range(3, 3 + int(os.environ.get("LISTEN_FDS", 0))):
    print(os.readlink(f"/proc/self/fd/{fd}").split(":")[0], open(f"/proc/self/fdinfo/{fd}").read().split()[3], file=out)
out.close()
os.rename("@top@/report", "@top@/done")
os.execv("/bin/sleep", ["sleep", "infinity"])
"""


def write_program(sv, name, text):
    path = sv.top / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.replace("@top@", str(sv.top)))
    path.chmod(0o755)
    return path


def test_open_file_hands_files_and_sockets_over(svinit):
    sv = svinit(start=False)
    program = write_program(sv, "report-fds", REPORT)
    (sv.top / "data").write_text("old\n")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(sv.top / "sock"))
    listener.listen()
    sv.write("opens", "[Service]\n"
             f"ExecStart={program}\nOpenFile=@top@/data:config:read-only\nOpenFile=@top@/journal::append\n"
             "OpenFile=@top@/away:away:graceful\nOpenFile=@top@/sock:peer\n")
    (sv.top / "journal").write_text("")
    sv.start()
    sv.until_active("opens")
    sv.until_line("done", "3 config:journal:peer True")
    names, data, log, peer = sv.lines("done")
    assert data.startswith(f"{sv.top}/data 0") and int(data.split()[1], 8) & os.O_ACCMODE == os.O_RDONLY
    assert int(log.split()[1], 8) & os.O_APPEND
    assert peer.startswith("socket")
    listener.settimeout(10)
    listener.accept()[0].close()


def test_what_open_file_cannot_open_keeps_the_service_from_starting(svinit):
    sv = svinit({"opens": "[Service]\nExecStart=/bin/sleep infinity\nOpenFile=@top@/away\n",
                 "other": "[Service]\nExecStart=/bin/sleep infinity\n"})
    sv.until_active("other")
    assert "OpenFile=" in sv.ctl("start", "opens", check=1).stderr
    assert sv.show("opens")["ExecMainStatus"] == 202 or "fds" in sv.show("opens")["FailureText"].lower()


def test_programs_are_looked_for_in_the_search_path(svinit):
    sv = svinit(start=False)
    write_program(sv, "bin/my-tool", "#!/bin/sh\necho $PATH > @top@/path\nexec /bin/sleep infinity\n")
    sv.write("tool", "[Service]\nExecSearchPath=@top@/none:@top@/bin\nExecStart=my-tool\n")
    sv.start()
    sv.until_active("tool")
    sv.until_line("path", f"{sv.top}/none:{sv.top}/bin")
    sv.write("tool", "[Service]\nExecSearchPath=@top@/none\nExecStart=my-tool\n")
    sv.ctl("daemon-reload", check=0)
    assert "203" in sv.ctl("restart", "tool").stderr or sv.state("tool")[0] == "failed"


def test_enabled_links_start_services_at_boot(svinit):
    """As systemctl enable leaves it: a link in multi-user.target.wants, an alias, an instance of a template."""
    sv = svinit(start=False, options=["--target", "multi-user.target"])
    noting = "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh -c 'echo {} >> @top@/started'\n"
    sv.write("plain", noting.format("plain") + "[Install]\nWantedBy=multi-user.target\nAlias=other-name.service\n")
    sv.write("worker@.service", noting.format("worker %i"))
    sv.write("away", noting.format("away"))
    sv.write("multi-user.target.wants/README", "not a unit\n")
    wants = sv.units / "multi-user.target.wants"
    (wants / "plain.service").symlink_to("../plain.service")
    (wants / "worker@3.service").symlink_to("../worker@.service")
    (wants / "systemd-journald.service").symlink_to("/lib/systemd/system/systemd-journald.service")
    (sv.units / "other-name.service").symlink_to("plain.service")
    (sv.units / "away.service").unlink()
    (wants / "away.service").symlink_to("../away.service")
    sv.start()
    sv.until_active("plain")
    sv.until_active("worker@3")
    assert sv.state("other-name") == ("active", "exited")
    sv.until_active("multi-user.target")
    assert sorted(sv.lines("started")) == ["plain", "worker 3"]


def test_what_comes_after_the_network_waits_for_what_brings_it_up(svinit):
    sv = svinit({
        "client": "[Unit]\nAfter=network.target\nWants=network.target\n[Service]\nType=oneshot\nRemainAfterExit=yes\n"
                  "ExecStart=/bin/sh -c 'echo client >> @top@/order'\n",
        "interfaces": "[Unit]\nBefore=network.target\nWants=network.target\n[Service]\nType=oneshot\nRemainAfterExit=yes\n"
                      "ExecStart=/bin/sh -c 'sleep 0.3; echo interfaces >> @top@/order'\n",
    })
    sv.until_active("client")
    assert sv.lines("order") == ["interfaces", "client"]

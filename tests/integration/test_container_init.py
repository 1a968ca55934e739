"""svinit -- COMMAND, by its own name and by those of the programs it stands in for."""
import contextlib
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import pytest

import harness
from harness import BUILD, DEADLINE, PROGRAMS, until

SVINIT = BUILD / "svinit"
STOPS = [signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU]
FORWARDED = [number for number in range(1, 65)
             if number not in (signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD, *STOPS)]


@pytest.fixture
def top():
    directory = pathlib.Path(tempfile.mkdtemp(prefix="svinit-test-"))
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def named(top):
    """svinit under another name."""
    def make(name):
        path = top / name
        if not path.exists():
            path.symlink_to(SVINIT)
        return path
    return make


@pytest.fixture
def running():
    """Starts processes that end with the test, and everything below them too."""
    started = []

    def start(*command, **keywords):
        keywords.setdefault("stdin", subprocess.DEVNULL)
        keywords.setdefault("stdout", subprocess.PIPE)
        keywords.setdefault("start_new_session", True)
        process = subprocess.Popen([str(word) for word in command], **keywords)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe:
                pipe.close()
    me = os.getpid()
    until(lambda: harness.Svinit.end_orphans(me), "the last processes to end")


def run(*command, **keywords):
    keywords.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=DEADLINE,
                          check=False, **keywords)


def line_of(process):
    """The next line of output, or a failure at the deadline."""
    ready, _, _ = select.select([process.stdout], [], [], DEADLINE)
    assert ready, "waited in vain for a line"
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(process.stdout.fileno(), 1)
        if not byte:
            break
        line += byte
    return line.decode().rstrip("\n")


def state_of(pid):
    fields = harness.process_fields(pid)
    return fields[0] if fields else None


def child_of(pid):
    return until(lambda: harness.children_of(pid), "a child")[0]


def zombies_of(pid):
    return [child for child in harness.children_of(pid) if state_of(child) == "Z"]


def masks(text):
    return re.findall(r"Sig(?:Blk|Ign):\s*([0-9a-f]+)", text)


# The end of the command is the end of svinit

@pytest.mark.parametrize("script, status", [("exit 0", 0), ("exit 7", 7), ("exit 255", 255), ("kill -9 $$", 137),
                                            ("kill -TERM $$", 143), ("kill -64 $$", 192)])
def test_the_exit_status_is_the_commands(script, status):
    assert run(SVINIT, "--", "sh", "-c", script).returncode == status


@pytest.mark.parametrize("name, missing, forbidden",
                         [("svinit", 127, 126), ("tini", 127, 126), ("docker-init", 127, 126), ("dumb-init", 2, 2),
                          ("catatonit", 1, 1)])
def test_a_command_that_cannot_be_executed(named, top, name, missing, forbidden):
    result = run(named(name), "--", "no-such-program")
    assert result.returncode == missing
    assert "no-such-program" in result.stderr
    plain = top / "plain"
    plain.write_text("not a program")
    assert run(named(name), "--", plain).returncode == forbidden
    assert run(named(name), "--", top).returncode == forbidden
    assert run(named(name), "--", top / "nowhere").returncode == missing


def test_a_script_without_a_first_line_is_given_to_the_shell(top):
    script = top / "script"
    script.write_text("echo said $1\n")
    script.chmod(0o755)
    assert run(SVINIT, "--", script, "this").stdout == "said this\n"


def test_commands_that_end_at_once():
    for _ in range(50):
        assert run(SVINIT, "--", "true").returncode == 0


@pytest.mark.parametrize("name", ["svinit", "tini"])
def test_a_status_can_be_made_zero(named, name):
    assert run(named(name), "-e", "5", "-e", "143", "--", "sh", "-c", "exit 5").returncode == 0
    assert run(named(name), "-e", "5", "-e", "143", "--", "sh", "-c", "kill $$").returncode == 0
    assert run(named(name), "-e", "5", "--", "sh", "-c", "exit 6").returncode == 6


def test_what_is_left_of_the_group_is_asked_to_end(running):
    process = running(SVINIT, "--", "sh", "-c", f"{PROGRAMS}/signal_printer & read line", stdin=subprocess.PIPE)
    assert line_of(process).startswith("ready ")
    process.stdin.close()
    assert process.wait(DEADLINE) == 1
    assert line_of(process) == "got 15"


def test_nonsense_on_the_command_line():
    result = run(SVINIT, "-e", "300", "--", "true")
    assert result.returncode == 2
    assert "300" in result.stderr and "255" in result.stderr
    assert run(SVINIT, "--frobnicate", "--", "true").returncode == 2


# Signals

@pytest.mark.parametrize("name", ["svinit", "tini", "dumb-init", "catatonit"])
def test_every_signal_is_handed_on(named, running, name):
    process = running(named(name), "--", PROGRAMS / "signal_printer")
    line_of(process)
    for number in FORWARDED:
        os.kill(process.pid, number)
        assert line_of(process) == f"got {number}"
    assert process.poll() is None


def test_signals_go_to_the_whole_group(running):
    process = running(SVINIT, "--", PROGRAMS / "signal_printer", "twice")
    assert {line_of(process)[:5], line_of(process)[:5]} == {"ready"}
    os.kill(process.pid, signal.SIGUSR1)
    assert [line_of(process), line_of(process)] == ["got 10", "got 10"]


@pytest.mark.parametrize("name, options, environment, reached",
                         [("svinit", ["-c"], {}, 1), ("dumb-init", [], {}, 2), ("dumb-init", ["-c"], {}, 1),
                          ("dumb-init", [], {"DUMB_INIT_SETSID": "0"}, 1), ("tini", ["-s"], {}, 1),
                          ("tini", ["-g"], {}, 2), ("tini", [], {"TINI_KILL_PROCESS_GROUP": "1"}, 2),
                          ("catatonit", [], {}, 1), ("catatonit", ["-g"], {}, 2)])
def test_whom_signals_reach(named, running, name, options, environment, reached):
    process = running(named(name), *options, "--", PROGRAMS / "signal_printer", "twice",
                      env={**os.environ, **environment}, stderr=subprocess.DEVNULL)
    line_of(process), line_of(process)
    os.kill(process.pid, signal.SIGUSR1)
    os.kill(process.pid, signal.SIGUSR2)
    lines = [line_of(process) for _ in range(2 * reached)]
    assert sorted(lines) == sorted(["got 10", "got 12"] * reached)
    child = child_of(process.pid)
    os.kill(child, signal.SIGKILL)
    assert process.wait(DEADLINE) == 137


def test_signals_are_rewritten_and_dropped(named, running):
    for name, options in [("svinit", ["-r", "TERM:RTMIN+3", "-r", "HUP:0"]),
                          ("dumb-init", ["-r", "15:3", "--rewrite", "1:0"])]:
        process = running(named(name), *options, "--", PROGRAMS / "signal_printer")
        line_of(process)
        os.kill(process.pid, signal.SIGHUP)
        os.kill(process.pid, signal.SIGTERM)
        assert line_of(process) == ("got 37" if name == "svinit" else "got 3")


def test_a_signal_that_comes_before_the_command_is_there_is_held():
    for number in (signal.SIGTERM, signal.SIGUSR1, 33, signal.SIGRTMIN + 5):
        result = run(PROGRAMS / "unkind_start", f"pending={int(number)}", "--", SVINIT, "--", "sleep", "1000")
        assert result.returncode == 128 + number


@pytest.mark.parametrize("words", [["block"], ["ignore"], ["block", "ignore"]])
@pytest.mark.parametrize("name", ["svinit", "tini", "dumb-init", "catatonit"])
def test_the_command_starts_with_a_clean_slate(named, name, words):
    result = run(PROGRAMS / "unkind_start", *words, "--", named(name), "--", "grep", "Sig", "/proc/self/status")
    assert result.returncode == 0
    assert [int(mask, 16) for mask in masks(result.stdout)] == [0, 0]


@pytest.mark.parametrize("words", [["block"], ["ignore"], ["block", "ignore"]])
def test_signals_are_handed_on_however_it_was_started(running, words):
    process = running(PROGRAMS / "unkind_start", *words, "--", SVINIT, "--", PROGRAMS / "signal_printer")
    line_of(process)
    for number in FORWARDED:
        os.kill(process.pid, number)
        assert line_of(process) == f"got {number}"


def test_real_time_signals_are_all_handed_on(running):
    process = running(SVINIT, "--", PROGRAMS / "signal_printer")
    line_of(process)
    os.kill(process.pid, signal.SIGSTOP)
    until(lambda: state_of(process.pid) == "T", "svinit to stop")
    for _ in range(100):
        os.kill(process.pid, signal.SIGRTMIN + 1)
    os.kill(process.pid, signal.SIGCONT)
    lines = [line_of(process) for _ in range(101)]
    assert lines.count("got 35") == 100 and lines.count("got 18") == 1


# Children

def test_ends_of_200_processes_while_it_is_stopped(running):
    process = running(SVINIT, "--", PROGRAMS / "orphan_crowd", "200", stdin=subprocess.PIPE)
    assert line_of(process) == "ready"
    until(lambda: len(harness.children_of(process.pid)) == 201, "200 orphans")
    os.kill(process.pid, signal.SIGSTOP)
    until(lambda: state_of(process.pid) == "T", "svinit to stop")
    process.stdin.close()
    until(lambda: len(zombies_of(process.pid)) == 200, "200 zombies")
    os.kill(process.pid, signal.SIGCONT)
    until(lambda: len(harness.children_of(process.pid)) == 1, "all of them to be reaped")


@pytest.mark.parametrize("options, environment", [(["-s"], {}), ([], {"TINI_SUBREAPER": ""})])
def test_tini_adopts_orphans_when_asked(named, running, options, environment):
    process = running(named("tini"), *options, "--", PROGRAMS / "orphan_crowd", "3", stdin=subprocess.PIPE,
                      env={**os.environ, **environment})
    assert line_of(process) == "ready"
    assert len(until(lambda: len(harness.children_of(process.pid)) == 4 and harness.children_of(process.pid),
                     "three orphans")) == 4
    process.stdin.close()
    until(lambda: len(harness.children_of(process.pid)) == 1, "them to be reaped")


def test_orphans_are_named_when_asked(running):
    process = running(SVINIT, "-w", "--", PROGRAMS / "orphan_crowd", "1", stdin=subprocess.PIPE,
                      stderr=subprocess.PIPE)
    assert line_of(process) == "ready"
    process.stdin.close()
    ready, _, _ = select.select([process.stderr], [], [], DEADLINE)
    assert ready and b"reaped orphan" in os.read(process.stderr.fileno(), 4096)


def pid_1(*command):
    why = harness.may_make_pid_namespaces()
    if why:
        pytest.skip(f"no PID namespaces here: {why}")
    return ["unshare", "-pf", "--mount-proc", "--kill-child", *command]


def test_as_pid_1_it_reaps_and_passes_on_the_status(named):
    for name in ("svinit", "tini", "dumb-init", "catatonit"):
        script = "for i in 1 2 3 4 5; do (sleep 0.01 &); done; while pgrep sleep >/dev/null; do :; done; exit 9"
        assert run(*pid_1(named(name), "--", "sh", "-c", script)).returncode == 9


def test_as_pid_1_it_hands_on_every_signal(running):
    process = running(*pid_1(SVINIT, "--", PROGRAMS / "signal_printer"))
    line_of(process)
    init = child_of(process.pid)
    for number in FORWARDED:
        os.kill(init, number)
        assert line_of(process) == f"got {number}"
    os.kill(child_of(init), signal.SIGKILL)
    assert process.wait(DEADLINE) == 137


def test_catatonit_pauses(named, running):
    for number in (signal.SIGTERM, signal.SIGINT):
        process = running(*pid_1(named("catatonit"), "-P"))
        init = child_of(process.pid)
        until(lambda: os.path.realpath(f"/proc/{init}/cwd") == "/" and
              pathlib.Path(f"/proc/{init}/comm").read_text() == "catatonit\n", "catatonit to run")
        until(lambda: "signalfd" in " ".join(os.readlink(link) for link in pathlib.Path(f"/proc/{init}/fd").iterdir()),
              "catatonit to listen")
        os.kill(init, signal.SIGUSR1)
        os.kill(init, number)
        assert process.wait(DEADLINE) == 0


# Descriptors and directories

@pytest.mark.parametrize("closed", [[0], [1], [2], [0, 1, 2]])
@pytest.mark.parametrize("name", ["svinit", "tini", "dumb-init", "catatonit"])
def test_closed_standard_descriptors(named, top, name, closed):
    words = [f"close={fd}" for fd in closed]
    script = f"echo done > {top}/result; exit 7"
    assert run(PROGRAMS / "unkind_start", *words, "--", named(name), "--", "sh", "-c", script).returncode == 7
    assert (top / "result").read_text() == "done\n"


@pytest.mark.parametrize("trouble", ["full-stderr", "broken-stderr"])
def test_a_standard_error_that_takes_nothing(running, trouble):
    process = running(PROGRAMS / "unkind_start", trouble, "--", SVINIT, "-vvv", "-w", "--", PROGRAMS / "signal_printer")
    line_of(process)
    for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGPIPE, signal.SIGHUP):
        os.kill(process.pid, number)
        assert line_of(process) == f"got {int(number)}"
    os.kill(child_of(process.pid), signal.SIGKILL)
    assert process.wait(DEADLINE) == 137


def test_the_working_directory_is_the_commands_alone(running, top):
    process = running(SVINIT, "--", PROGRAMS / "signal_printer", cwd=top)
    line_of(process)
    until(lambda: os.readlink(f"/proc/{process.pid}/cwd") == "/", "svinit to leave the directory")
    assert os.readlink(f"/proc/{child_of(process.pid)}/cwd") == str(top)


def test_descriptors_go_to_the_command_and_stay_with_nobody_else(running):
    readable, writable = os.pipe()
    process = running(SVINIT, "--", "bash", "-c", f"echo here >&{writable}; exec {writable}>&-; exec sleep 1000",
                      pass_fds=[writable])
    os.close(writable)
    with open(readable, "rb") as pipe:
        select.select([pipe], [], [], DEADLINE)
        assert pipe.readline() == b"here\n"
        ready, _, _ = select.select([pipe], [], [], DEADLINE)
        assert ready and pipe.read() == b""
    assert process.poll() is None


def test_limits_are_left_alone():
    script = "ulimit -Sn; ulimit -Hn"
    assert run(SVINIT, "--", "sh", "-c", script).stdout == run("sh", "-c", script).stdout


# Sessions, terminals and job control

@pytest.mark.parametrize("name, options, leads_session, leads_group",
                         [("svinit", [], True, True), ("svinit", ["-c"], False, False),
                          ("dumb-init", [], True, True), ("dumb-init", ["-c"], False, False),
                          ("tini", ["-s"], False, True), ("catatonit", [], False, True)])
def test_what_the_command_leads(named, running, name, options, leads_session, leads_group):
    process = running(named(name), *options, "--", PROGRAMS / "signal_printer")
    line_of(process)
    child = child_of(process.pid)
    _, _, group, session = harness.process_fields(child)
    assert (session == child, group == child) == (leads_session, leads_group)


@pytest.mark.parametrize("options", [[], ["-c"]])
@pytest.mark.parametrize("name", ["svinit", "dumb-init"])
@pytest.mark.parametrize("number", STOPS)
def test_stop_signals_stop_both(named, running, name, options, number):
    """Where the command has our session it gets the signal itself, in its own session one that stops it for certain."""
    command = ["sleep", "1000"] if not options else [PROGRAMS / "signal_printer"]
    process = running(named(name), *options, "--", *command)
    if options:
        line_of(process)
    child = until(lambda: harness.children_of(process.pid), "a child")[0]
    until(lambda: os.readlink(f"/proc/{process.pid}/cwd") == "/", "svinit to be ready")
    for _ in range(2):
        os.kill(process.pid, number)
        until(lambda: state_of(process.pid) == "T", "svinit to stop")
        if options:
            assert line_of(process) == f"got {int(number)}"
        else:
            until(lambda: state_of(child) == "T", "the command to stop")
        os.kill(process.pid, signal.SIGCONT)
        if options:
            assert line_of(process) == "got 18"
        until(lambda: state_of(child) != "T" and state_of(process.pid) != "T", "both to go on")


class Terminal:
    """A session of its own on a pseudo-terminal."""

    def __init__(self, *command):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            with contextlib.suppress(OSError):
                os.execvpe(str(command[0]), [str(word) for word in command],
                           {**os.environ, "PS1": "prompt> ", "TERM": "dumb"})
            os._exit(127)
        self.text = ""

    def type(self, text):
        os.write(self.fd, text.encode())

    def until(self, text):
        """Waits for the text and forgets what came up to its end."""
        end = time.monotonic() + DEADLINE
        while text not in self.text:
            ready, _, _ = select.select([self.fd], [], [], max(0, end - time.monotonic()))
            assert ready, f"waited in vain for {text!r}; there is {self.text!r}"
            try:
                self.text += os.read(self.fd, 4096).decode(errors="replace")
            except OSError as error:
                raise AssertionError(f"the terminal is gone; there is {self.text!r}") from error
        before, self.text = self.text.split(text, 1)
        return before

    def close(self):
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


@pytest.fixture
def terminal(running):
    del running  # it ends what is left over, after us
    opened = []

    def make(*command):
        opened.append(Terminal(*command))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


@pytest.mark.parametrize("name", ["svinit", "tini", "dumb-init", "catatonit"])
def test_the_command_gets_the_terminal(named, terminal, name):
    """As with docker run -t: the init leads the session, and the command must be able to control jobs."""
    script = "import os; print('foreground', os.tcgetpgrp(0) == os.getpgrp(), open('/dev/tty').isatty())"
    window = terminal(named(name), "--", sys.executable, "-c", script)
    assert "True True" in window.until("\n") + window.text or "True True" in window.until("\n")


@pytest.mark.parametrize("name", ["svinit", "tini", "dumb-init", "catatonit"])
def test_keys_reach_the_command(named, terminal, name):
    window = terminal(named(name), "--", PROGRAMS / "signal_printer")
    window.until("ready")
    window.type("\x03")
    window.until("got 2\r\n")
    window.type("\x1c")
    window.until("got 3\r\n")


@pytest.mark.parametrize("name, options", [("svinit", []), ("svinit", ["-c"]), ("dumb-init", []), ("dumb-init", ["-c"]),
                                           ("tini", ["-s"]), ("catatonit", [])])
def test_job_control_from_a_shell(named, terminal, name, options):
    window = terminal("bash", "--norc", "--noprofile", "--noediting", "-i")
    window.until("prompt> ")
    window.type(" ".join(map(str, [named(name), *options, "--", "sh", "-c", "'echo begun; exec sleep 1000'"])) + "\n")
    window.until("\nbegun")
    # The shell may take a moment to put its job in front; a key that comes before is not lost.
    window.type("\x1a")
    window.until("Stopped")
    window.until("prompt> ")
    init = child_of(window.pid)
    child = child_of(init)
    until(lambda: state_of(init) == "T" and state_of(child) == "T", "both to stop")
    window.type("fg\n")
    window.until("fg\r\n")
    until(lambda: state_of(init) != "T" and state_of(child) != "T", "both to go on")
    window.type("\x03")
    window.until("prompt> ")
    window.type("echo status $?\n")
    window.until("\nstatus 130")


def test_the_terminal_is_given_back(named, terminal):
    """Whoever ran tini from a script, without job control, must be able to read from the terminal afterwards."""
    window = terminal("sh", "-c", f"{named('tini')} -s -- true; read line; echo read $line")
    window.type("words\n")
    window.until("\nread words")

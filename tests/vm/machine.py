"""A virtual machine under QEMU: starts it, reads and types on its console, reads the report of the tests in it."""
import os
import pathlib
import re
import selectors
import socket
import subprocess
import time

PROMPT = "vm# "


class Gone(Exception):
    """The machine did not do what was waited for."""


def wait_for_socket(path, process, seconds):
    end = time.monotonic() + seconds
    while True:
        client = socket.socket(socket.AF_UNIX)
        try:
            client.connect(str(path))
            return client
        except OSError:
            client.close()
            if process.poll() is not None or time.monotonic() > end:
                raise Gone(f"qemu does not listen on {path.name}") from None
            time.sleep(0.02)


class Machine:
    """One run of QEMU. `words` are the kernel's command line behind what all need; `disks` are files with raw images."""

    def __init__(self, folder, kernel, initramfs, disks, words="", accelerator="tcg", reboots=False,
                 memory=1024):
        self.folder = pathlib.Path(folder)
        self.console_text = ""
        self.position = 0
        self.report_path = self.folder / "report"
        self.report_path.unlink(missing_ok=True)
        for name in ("console.socket", "monitor.socket"):
            (self.folder / name).unlink(missing_ok=True)
        # Cron's minute begins soon after it has started.
        clock = time.strftime("%Y-%m-%dT%H:%M:40", time.gmtime())
        command = ["qemu-system-x86_64", "-rtc", f"base={clock}", "-nodefaults", "-display", "none", "-machine", "pc", "-m", str(memory), "-smp", "2",
                   "-accel", "tcg,thread=multi" if accelerator == "tcg" else accelerator,
                   "-cpu", "host" if accelerator == "kvm" else "max",
                   "-kernel", str(kernel), "-initrd", str(initramfs),
                   "-append", f"root=/dev/vda ro console=ttyS0 panic=-1 {words}",
                   "-serial", f"unix:{self.folder}/console.socket,server=on,wait=off",
                   "-serial", f"file:{self.report_path}",
                   "-monitor", f"unix:{self.folder}/monitor.socket,server=on,wait=off"]
        command += [] if reboots else ["-no-reboot"]
        for disk in disks:
            command += ["-drive", f"file={disk},format=raw,if=virtio,cache=unsafe"]
        self.log = open(self.folder / "qemu.log", "wb")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.console = wait_for_socket(self.folder / "console.socket", self.process, 20)
        self.monitor = wait_for_socket(self.folder / "monitor.socket", self.process, 20)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.console, selectors.EVENT_READ)

    def read(self, seconds):
        """Takes in what the console says within that time; False at its end."""
        if not self.selector.select(max(seconds, 0)):
            return True
        try:
            data = self.console.recv(1 << 16)
        except ConnectionResetError:
            data = b""
        self.console_text += data.decode("utf-8", "replace")
        return bool(data)

    def expect(self, pattern, seconds, what=None):
        """Waits for the pattern on the console, behind what earlier calls have found; returns the match."""
        end = time.monotonic() + seconds
        alive = True
        while True:
            match = re.compile(pattern).search(self.console_text, self.position)
            if match:
                self.position = match.end()
                return match
            left = end - time.monotonic()
            if not alive or left <= 0:
                raise Gone(f"{what or pattern!r} did not come on the console"
                           f"{'' if alive else ', the machine is gone'}; last lines:\n{self.last_lines()}")
            alive = self.read(left)

    def last_lines(self, count=25):
        return "\n".join(self.console_text.replace("\r", "").splitlines()[-count:])

    def type(self, text):
        self.console.sendall(text.encode())

    def command(self, text, seconds=30):
        """Runs a command in the shell on the console; returns what it printed."""
        self.type(f"{text}; echo END-$?\n")
        self.expect(r"echo END-\$\?", seconds)
        start = self.position
        match = self.expect(r"END-(\d+)\r?\n", seconds)
        return int(match.group(1)), self.console_text[start:match.start()].replace("\r", "").strip()

    def press(self, keys):
        self.monitor.sendall(f"sendkey {keys}\n".encode())

    def log_in(self, seconds=60):
        self.expect(r"login: ", seconds, "a login prompt")
        self.type("root\n")
        self.expect(r"Password: ", 60)
        self.type("svinit\n")
        self.expect(r"root@.*# ", 90, "root's shell")
        self.settle_shell()

    def settle_shell(self):
        """A prompt and a terminal that say nothing else."""
        self.type(f"TERM=dumb; bind 'set enable-bracketed-paste off'; stty cols 200; PS1='{PROMPT}'\n")
        self.expect(rf"\n[^\n']*{PROMPT}", 60, "the prompt")

    def reports(self):
        """The lines that the tests inside have written: [word, name, words…]."""
        try:
            text = self.report_path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return []
        return [line.split("\t") for line in text.replace("\r", "").split("\n") if line.count("\t") >= 1]

    def wait_for_report(self, word, seconds):
        """Until a line with that word came; the console is read meanwhile, so that nobody waits for it."""
        end = time.monotonic() + seconds
        while not any(line[0] == word for line in self.reports()):
            if time.monotonic() > end or self.process.poll() is not None:
                raise Gone(f"the tests inside did not report {word!r}; the console's last lines:\n{self.last_lines()}")
            self.read(0.1)

    def wait_for_end(self, seconds):
        end = time.monotonic() + seconds
        while self.process.poll() is None:
            if time.monotonic() > end:
                raise Gone(f"the machine does not switch itself off; the console's last lines:\n{self.last_lines()}")
            self.read(0.1)
        return self.process.returncode

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        while self.read(0.1) and self.selector.select(0):
            pass
        (self.folder / "console.log").write_text(self.console_text, encoding="utf-8")
        for item in (self.console, self.monitor, self.log):
            item.close()


def kvm_works(folder, kernel):
    """Whether this kernel gets anywhere under KVM within some seconds: some hosts offer what does not run."""
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return False
    result = folder / "kvm"
    if not result.exists():
        command = ["timeout", "6", "qemu-system-x86_64", "-nodefaults", "-display", "none", "-accel", "kvm", "-cpu", "host",
                   "-m", "256", "-kernel", str(kernel), "-append", "console=ttyS0 panic=-1", "-no-reboot", "-serial", "stdio"]
        output = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).stdout
        result.write_text("yes" if b"Linux version" in output else "no", encoding="ascii")
    return result.read_text(encoding="ascii") == "yes"

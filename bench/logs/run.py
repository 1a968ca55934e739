#!/usr/bin/python3
"""
svlog against the raw limit and the peers that are installed: 100-byte lines, stamped and rotated (cat and supervisord do not
stamp, cat does not rotate). Prints medians, MB/s of input and CPU seconds a GB, and what of the raw limit that is.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "integration"))
from svlog_driver import BUILD, Svlog  # noqa: E402

FILE_BYTES, FILES = 10 << 20, 5


def program(name):
    return os.path.join(BUILD, "bench", "logs", name)


def cpu_of(pid):
    with open("/proc/%d/stat" % pid) as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run_raw(directory, lines, per_write):
    begin = time.monotonic()
    feeder = subprocess.Popen([program("log_feeder"), str(lines), str(per_write)], stdout=subprocess.PIPE)
    raw = subprocess.Popen([program("log_raw"), directory, str(FILE_BYTES), str(FILES)], stdin=feeder.stdout)
    feeder.stdout.close()
    _, status, usage = os.wait4(raw.pid, 0)
    raw.returncode = status
    feeder.wait()
    return time.monotonic() - begin, usage.ru_utime + usage.ru_stime


def run_svlog(directory, lines, per_write):
    with Svlog(directory) as svlog:
        pipe = svlog.add(2, "bench.service", max_bytes=FILE_BYTES * FILES, max_files=FILES)
        svlog.flush()
        begin = time.monotonic()
        subprocess.run([program("log_feeder"), str(lines), str(per_write)], stdout=pipe.fd, check=True)
        svlog.flush(600)
        elapsed = time.monotonic() - begin
        cpu = cpu_of(svlog.process.pid)
        last = svlog.texts("bench.service")[-1]
        assert int(last[:10]) == lines - 1, "lines are missing"
        return elapsed, cpu


def run_piped(command, directory, lines, per_write, stdout=None):
    begin = time.monotonic()
    feeder = subprocess.Popen([program("log_feeder"), str(lines), str(per_write)], stdout=subprocess.PIPE)
    peer = subprocess.Popen(command, stdin=feeder.stdout, stdout=stdout, cwd=directory, stderr=subprocess.DEVNULL)
    feeder.stdout.close()
    _, status, usage = os.wait4(peer.pid, 0)
    peer.returncode = status
    feeder.wait()
    if status:
        raise RuntimeError("%s ended with status %d" % (command[0], status))
    return time.monotonic() - begin, usage.ru_utime + usage.ru_stime


def run_cat(directory, lines, per_write):
    with open(os.path.join(directory, "file"), "wb") as file:
        return run_piped(["cat"], directory, lines, per_write, stdout=file)


def run_s6_log(directory, lines, per_write):
    return run_piped(["s6-log", "-b", "n%d" % (FILES - 1), "s%d" % FILE_BYTES, "t", os.path.join(directory, "log")],
                     directory, lines, per_write)


def run_svlogd(directory, lines, per_write):
    log = os.path.join(directory, "log")
    os.mkdir(log)
    with open(os.path.join(log, "config"), "w", encoding="ascii") as config:
        config.write("s%d\nn%d\n" % (FILE_BYTES, FILES - 1))
    return run_piped(["svlogd", "-tt", log], directory, lines, per_write)


def run_multilog(directory, lines, per_write):
    return run_piped(["multilog", "t", "s%d" % FILE_BYTES, "n%d" % FILES, os.path.join(directory, "log")], directory,
                     lines, per_write)


def last_number(path):
    try:
        with open(path, "rb") as file:
            file.seek(max(0, os.path.getsize(path) - 100))
            return int(file.read(10))
    except (OSError, ValueError):
        return -1


def run_supervisord(directory, lines, per_write):
    log = os.path.join(directory, "log")
    with open(os.path.join(directory, "conf"), "w", encoding="ascii") as conf:
        conf.write("[supervisord]\nnodaemon=true\nsilent=true\nlogfile=/dev/null\nlogfile_maxbytes=0\n"
                   "pidfile=%s/pid\n[program:feeder]\ncommand=%s %d %d\nautorestart=false\nstartsecs=0\n"
                   "stdout_logfile=%s\nstdout_logfile_maxbytes=%d\nstdout_logfile_backups=%d\n" %
                   (directory, os.path.abspath(program("log_feeder")), lines, per_write, log, FILE_BYTES, FILES - 1))
    begin = time.monotonic()
    peer = subprocess.Popen(["supervisord", "-c", os.path.join(directory, "conf")], stderr=subprocess.DEVNULL)
    while last_number(log) != lines - 1 and last_number(log + ".1") != lines - 1:
        if time.monotonic() - begin > 300 or peer.poll() is not None:
            raise RuntimeError("supervisord does not come to an end")
        time.sleep(0.002)
    elapsed = time.monotonic() - begin
    peer.terminate()
    _, peer.returncode, usage = os.wait4(peer.pid, 0)
    return elapsed, usage.ru_utime + usage.ru_stime


# Name, program that must be there, how to run it, and what part of the lines it gets: some would take minutes.
PEERS = (("cat", "cat", run_cat, 1), ("s6-log t", "s6-log", run_s6_log, 10), ("svlogd -tt", "svlogd", run_svlogd, 10),
         ("multilog t", "multilog", run_multilog, 10), ("supervisord", "supervisord", run_supervisord, 20))


def measure(run, lines, per_write, rounds):
    results = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as directory:
            results.append(run(directory, lines, per_write))
    megabytes = lines * 100 / 1e6
    return (statistics.median(megabytes / elapsed for elapsed, _ in results),
            statistics.median(cpu / (megabytes / 1000) for _, cpu in results))


def report(name, per_write, result, raw):
    print("%-12s %4d lines a write: %7.0f MB/s  %6.2f CPU s/GB  %6.2f x raw  %6.2f x its CPU" % (
        name, per_write, result[0], result[1], result[0] / raw[0], result[1] / raw[1]), flush=True)


def main():
    rounds = int(os.environ.get("BENCH_ROUNDS", "5"))
    part = int(os.environ.get("BENCH_PART", "1"))
    for per_write, lines in ((640, 5_000_000 // part), (1, 1_000_000 // part)):
        raw = measure(run_raw, lines, per_write, rounds)
        report("raw", per_write, raw, raw)
        report("svlog", per_write, measure(run_svlog, lines, per_write, rounds), raw)
        for name, needed, run, share in PEERS:
            if not shutil.which(needed):
                print("%-12s is not installed" % name)
                continue
            try:
                report(name, per_write, measure(run, lines // share, per_write, rounds), raw)
            except (RuntimeError, OSError) as error:
                print("%-12s %s" % (name, error))


if __name__ == "__main__":
    main()

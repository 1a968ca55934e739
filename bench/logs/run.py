#!/usr/bin/python3
"""svlog against the raw limit: 100-byte lines, stamped and rotated. Prints medians, MB/s of input and CPU s a GB."""

import os
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


def measure(name, run, lines, per_write, rounds):
    results = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as directory:
            results.append(run(directory, lines, per_write))
    megabytes = lines * 100 / 1e6
    speed = statistics.median(megabytes / elapsed for elapsed, _ in results)
    cpu = statistics.median(cpu / (megabytes / 1000) for _, cpu in results)
    print("%-8s %4d lines a write: %7.0f MB/s  %5.2f CPU s/GB" % (name, per_write, speed, cpu))
    return speed, cpu


def main():
    rounds = int(os.environ.get("BENCH_ROUNDS", "5"))
    for per_write, lines in ((640, 5_000_000), (1, 1_000_000)):
        raw = measure("raw", run_raw, lines, per_write, rounds)
        svlog = measure("svlog", run_svlog, lines, per_write, rounds)
        print("%-8s %4d lines a write: %7.2f x raw  %5.2f x CPU" % ("ratio", per_write, svlog[0] / raw[0],
                                                               svlog[1] / raw[1]))


if __name__ == "__main__":
    main()

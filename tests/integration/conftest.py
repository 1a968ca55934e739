import functools
import os
import pathlib
import shutil
import tempfile

import pytest

import harness


REPORTS = pathlib.Path(tempfile.mkdtemp(prefix="svinit-reports-"))
SANITIZERS = ("AddressSanitizer", "LeakSanitizer", "UndefinedBehavior", "runtime error:")


def pytest_sessionstart(session):
    harness.adopt_orphans()
    # For programs that end with a status of their own, or that nobody listens to.
    REPORTS.chmod(0o1777)
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
        os.environ[name] = ":".join(filter(None, [os.environ.get(name), f"log_path={REPORTS}/report"]))
    missing = [name for name in ("svinit", "svctl", "svlog", "svexec") if not (harness.BUILD / name).exists()]
    if missing:
        pytest.exit(f"{harness.BUILD} has no {', '.join(missing)}: run make first", returncode=1)


@pytest.hookimpl(tryfirst=True, hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.when == "call" and report.failed:
        for instance in getattr(item, "svinits", []):
            report.sections.append((f"what svinit said ({instance.top})", instance.said()[-20000:]))


def pytest_sessionfinish(session):
    shutil.rmtree(REPORTS, ignore_errors=True)


@pytest.fixture(autouse=True)
def no_sanitizer_reports(request):
    """What a sanitizer finds in any program under test fails the test."""
    yield
    found = []
    for path in REPORTS.iterdir():
        found.append(path.read_text(encoding="utf-8", errors="replace"))
        path.unlink()
    # svlog has an empty environment and reports to svinit's output.
    found += [said for said in getattr(request.node, "said", []) if any(name in said for name in SANITIZERS)]
    assert not found, "\n".join(found)


@pytest.fixture
def svinit(request):
    """Makes svinits (see harness.Svinit) that are ended with the test; the log of each is shown if it fails."""
    made = request.node.svinits = []

    def make(units=None, start=True, **keywords):
        if keywords.get("pid1"):
            why = namespaces_refused()
            if why:
                pytest.skip(f"no PID namespaces here: {why}")
        instance = harness.Svinit(units, **keywords)
        made.append(instance)
        return instance.start() if start else instance

    yield make
    request.node.said = [instance.said() for instance in made]
    for instance in made:
        instance.destroy()


@pytest.fixture(params=["process", "pid1"])
def mode(request):
    """For tests that hold as PID 1 and as an ordinary process: svinit(units, **mode)."""
    return {"pid1": request.param == "pid1"}


@functools.cache
def namespaces_refused():
    return harness.may_make_pid_namespaces()

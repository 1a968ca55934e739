import functools

import pytest

import harness


def pytest_sessionstart(session):
    harness.adopt_orphans()
    missing = [name for name in ("svinit", "svctl", "svlog") if not (harness.BUILD / name).exists()]
    if missing:
        pytest.exit(f"{harness.BUILD} has no {', '.join(missing)}: run make first", returncode=1)


@pytest.hookimpl(tryfirst=True, hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.when == "call" and report.failed:
        for instance in getattr(item, "svinits", []):
            report.sections.append((f"what svinit said ({instance.top})", instance.said()[-20000:]))


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
    for instance in made:
        instance.destroy()


@pytest.fixture(params=["process", "pid1"])
def mode(request):
    """For tests that hold as PID 1 and as an ordinary process: svinit(units, **mode)."""
    return {"pid1": request.param == "pid1"}


@functools.cache
def namespaces_refused():
    return harness.may_make_pid_namespaces()

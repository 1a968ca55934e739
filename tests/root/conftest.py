import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

import debian_root  # noqa: E402


@pytest.fixture(scope="session", name="permitted")
def fixture_permitted():
    why = debian_root.why_not()
    if why:
        pytest.skip(why)


@pytest.fixture
def root(permitted):
    instance = debian_root.DebianRoot()
    try:
        yield instance.start()
    finally:
        instance.destroy()


@pytest.hookimpl(tryfirst=True, hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    instance = item.funcargs.get("root") if hasattr(item, "funcargs") else None
    if report.failed and instance:
        report.sections.append(("what svinit said", instance.said()[-20000:]))

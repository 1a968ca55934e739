"""
import: each folder of tests/import has an input and what is expected of it: the units, the remarks, the exit status.
IMPORT_WRITE=1 writes what came out instead, to be looked at.
"""
import json
import os
import pathlib
import shutil
import signal
import subprocess

import pytest

from harness import BUILD, ROOT, until

CASES = sorted(path.name for path in (ROOT / "tests" / "import").iterdir())


def run_import(*arguments, check=None):
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    result = subprocess.run([BUILD / "svctl", "import", *map(str, arguments)], stdin=subprocess.DEVNULL,
                            capture_output=True, text=True, timeout=60, check=False, env=environment)
    if check is not None:
        assert result.returncode == check, result.stdout + result.stderr
    return result


@pytest.mark.parametrize("case", CASES)
def test_case(case, tmp_path):
    folder = ROOT / "tests" / "import" / case
    given = tmp_path / "input"
    shutil.copytree(folder / "input", given)
    result = run_import("--output", tmp_path / "units", given)
    came = {"remarks": result.stderr.replace(str(given), "@input@"), "status": f"{result.returncode}\n"}
    for path in sorted((tmp_path / "units").glob("*")):
        came[path.name] = path.read_text(encoding="utf-8").replace(str(given), "@input@")
    expected = folder / "expected"
    if os.environ.get("IMPORT_WRITE"):
        shutil.rmtree(expected, ignore_errors=True)
        expected.mkdir()
        for name, text in came.items():
            (expected / name).write_text(text, encoding="utf-8")
    assert came == {path.name: path.read_text(encoding="utf-8") for path in expected.iterdir()}


CONF = """
[supervisord]
environment=STAGE="a b"
[program:first]
command=/bin/sh -c "echo first >>%(here)s/order; exec sleep 1000"
priority=1
stopsignal=INT
[program:second]
command=/bin/sh -c "echo second $STAGE '%(process_num)02d' 100%% >>%(here)s/order; exec sleep 1000"
process_name=%(program_name)s_%(process_num)02d
numprocs=2
priority=2
autorestart=true
directory=%(here)s
umask=077
[program:fails]
command=/bin/sh -c "echo tried >>%(here)s/tries; exit 3"
startretries=2
startsecs=1
[program:ends]
command=/bin/sh -c "echo ended >>%(here)s/ends; exit 5"
exitcodes=5
"""


def test_imported_units_run(svinit, tmp_path):
    (tmp_path / "supervisord.conf").write_text(CONF, encoding="ascii")
    tmp_path.chmod(0o755)
    sv = svinit(start=False)
    run_import("--output", sv.units, tmp_path / "supervisord.conf", check=0)
    sv.start()
    for unit in ("first", "second_00", "second_01"):
        sv.until_active(unit)

    def order():
        return (tmp_path / "order").read_text(encoding="ascii").splitlines()
    until(lambda: len(order()) == 3, "all three")
    assert sorted(order()) == ["first", "second a b 00 100%", "second a b 01 100%"]
    begun = [sv.show(unit)["ExecMainStartTimestampMonotonic"] for unit in ("first", "second_00")]
    assert begun == sorted(begun)
    old = sv.kill_main("second_00", signal.SIGTERM)
    sv.until_restarted("second_00", old)
    sv.until_state("fails", "failed")
    assert (tmp_path / "tries").read_text(encoding="ascii").count("tried") == 3
    sv.until_state("ends", "inactive")
    assert sv.show("ends")["Result"] == "success"
    sv.ctl("stop", "second.target", check=0)
    sv.until_state("second_01", "inactive")
    assert sv.show("first")["KillSignal"] == signal.SIGINT


def test_an_imported_procfile_runs(svinit, tmp_path):
    folder = tmp_path / "shop"
    folder.mkdir()
    tmp_path.chmod(0o755)
    (folder / "Procfile").write_text("web: echo $PORT $GREETING >>web; sleep 1000\nclock: sleep 1000\n", encoding="ascii")
    (folder / ".env").write_text("GREETING='good day'\n", encoding="ascii")
    sv = svinit(start=False)
    run_import("--output", sv.units, folder, check=0)
    sv.start()
    sv.until_active("shop-web")
    sv.until_active("shop-clock")
    until(lambda: (folder / "web").exists() and (folder / "web").read_text(encoding="ascii") == "5000 good day\n",
          "what web writes")


def test_imported_service_directories_run(svinit, tmp_path):
    service = tmp_path / "daemon"
    service.mkdir()
    tmp_path.chmod(0o755)
    for name, text in {"run": "#!/bin/sh\necho up >>log\nexec sleep 1000\n", "finish": "#!/bin/sh\necho $1 $2 >>log\n"}.items():
        (service / name).write_text(text, encoding="ascii")
        (service / name).chmod(0o755)
    sv = svinit(start=False)
    run_import("--output", sv.units, tmp_path, check=0)
    sv.start()
    sv.until_active("daemon")
    old = sv.kill_main("daemon")
    sv.until_restarted("daemon", old)

    def log():
        return (service / "log").read_text(encoding="ascii").splitlines()
    until(lambda: len(log()) == 3, "the second start")
    assert log() == ["up", "-1 9", "up"]


def test_a_notification_descriptor_is_carried_over_where_there_is_a_key_for_it(tmp_path):
    (tmp_path / "run").write_text("#!/bin/sh\n", encoding="ascii")
    (tmp_path / "notification-fd").write_text("3\n", encoding="ascii")
    result = run_import("--quiet", tmp_path)
    assert ("ReadyFd=3" in result.stdout) == (result.returncode == 0)
    assert result.returncode in (0, 3)


def test_files_that_are_there_stay(tmp_path):
    (tmp_path / "Procfile").write_text("web: sleep 1\n", encoding="ascii")
    units = tmp_path / "units"
    run_import("--output", units, "--name", "a", tmp_path / "Procfile", check=0)
    (units / "a-web.service").write_text("mine", encoding="ascii")
    (units / "a.target").unlink()
    assert "--force" in run_import("--output", units, "--name", "a", tmp_path / "Procfile", check=1).stderr
    assert (units / "a-web.service").read_text(encoding="ascii") == "mine"
    assert not (units / "a.target").exists()
    run_import("--output", units, "--name", "a", "--force", tmp_path / "Procfile", check=0)
    assert "ExecStart" in (units / "a-web.service").read_text(encoding="ascii")


def test_json_and_what_cannot_be_read(tmp_path):
    (tmp_path / "Procfile").write_text("web: sleep 1\nnonsense\n", encoding="ascii")
    document = json.loads(run_import("--json", "--name", "a", tmp_path, check=3).stdout)
    assert [unit["Id"] for unit in document["units"]] == ["a.target", "a-web.service"]
    assert [(remark["line"], remark["kind"]) for remark in document["remarks"]] == [(2, "lost")]
    assert "No such file" in run_import(tmp_path / "none", check=1).stderr
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "nothing to import" in run_import(empty, check=1).stderr
    assert pathlib.Path(empty).exists()

"""svctl calendar, which needs no svinit."""
import json
import os
import subprocess

from harness import BUILD


def calendar(*arguments, zone="UTC"):
    return subprocess.run([str(BUILD / "svctl"), "calendar", *arguments], capture_output=True, text=True, check=False,
                          env={**os.environ, "TZ": zone})


def test_normal_form_and_elapses():
    answer = calendar("--base-time=2024-03-30 12:00:00", "--iterations=2", "*-*-* 2:30", zone="Europe/Berlin")
    assert answer.returncode == 0
    assert "Normalized form: *-*-* 02:30:00" in answer.stdout
    # The clocks skip 02:30 on the 31st.
    assert "Next elapse: Mon 2024-04-01 02:30:00 CEST" in answer.stdout
    assert "(in UTC): Mon 2024-04-01 00:30:00 UTC" in answer.stdout
    assert "Tue 2024-04-02 02:30:00 CEST" in answer.stdout


def test_json():
    answer = calendar("--json", "--base-time=@0", "--iterations=3", "daily UTC", "@86400")
    document = json.loads(answer.stdout)
    day = 86400 * 1000000
    assert document["calendars"][0] == {"Expression": "daily UTC", "NormalizedForm": "*-*-* 00:00:00 UTC",
                                        "NextElapsesUSec": [day, 2 * day, 3 * day]}
    assert document["calendars"][1]["NextElapsesUSec"] == [day]


def test_nonsense_is_refused_and_the_rest_answered():
    answer = calendar("--base-time=@0", "25:00", "daily")
    assert answer.returncode == 1
    assert "no such hour at column 1" in answer.stderr
    assert "*-*-* 00:00:00" in answer.stdout
    assert "never" in calendar("2020-01-01").stdout
    assert calendar("--iterations=0", "daily").returncode == 1
    assert calendar("--base-time=whenever", "daily").returncode == 1

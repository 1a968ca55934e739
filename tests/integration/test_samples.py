"""units/samples do what their descriptions say."""
import shutil

import pytest

from harness import SAMPLES, is_alive, process_fields, descendants_of, until


@pytest.fixture
def samples(svinit):
    """svinit over all the samples, with a state folder of its own."""
    sv = svinit(start=False, pid1=False)
    state = sv.top / "state"
    state.mkdir()
    for unit in (SAMPLES / "units").iterdir():
        text = unit.read_text(encoding="utf-8").replace(str(SAMPLES / "state"), str(state))
        (sv.units / unit.name).write_text(text, encoding="utf-8")
    shutil.copytree(SAMPLES / "bin", sv.top / "bin")
    return sv.start()


def test_all_of_them_together(samples):
    sv = samples
    for unit in ("ticker", "forking-daemon", "notify", "prepare", "prepared-user", "negligent-parent", "orphan-maker",
                 "web", "web-helper", "worker@1", "worker@2", "worker@3", "workers.target", "tickets.target", "stock"):
        sv.until_active(unit)
    for unit, state in (("end-success", "inactive"), ("end-error", "failed"), ("end-signal", "failed"),
                        ("end-killed", "failed")):
        sv.until_state(unit, state)
    assert sv.show("end-killed")["ExecMainStatus"] == 9
    assert sv.show("end-signal")["ExecMainStatus"] == 11
    until(lambda: sv.show("crash-looper")["NRestarts"] >= 2, "the crash looper to come back twice")
    sv.until_logged("orphan-maker", f"my new parent is {sv.adopter('orphan-maker')}")

    zombies = [pid for pid in descendants_of(sv.main_pid("negligent-parent")) if process_fields(pid)[0] == "Z"]
    assert len(zombies) == 3
    sv.ctl("stop", "negligent-parent", check=0)
    until(lambda: all(process_fields(pid) is None for pid in zombies), "the zombies to be gone")

    helper = sv.main_pid("web-helper")
    sv.kill_main("web")
    sv.until_state("web-helper", "inactive")
    assert not is_alive(helper)

    old = sv.kill_main("worker@2")
    sv.until_restarted("worker@2", old)
    sv.ctl("stop", "workers.target", check=0)
    for number in "123":
        sv.until_state(f"worker@{number}", "inactive")
    assert sv.stop() == 0


def test_ten_sellers_never_oversell(samples):
    sv = samples
    sellers = [f"seller@{number}" for number in range(1, 11)]
    for seller in sellers:
        until(lambda seller=seller: sv.state(seller) == ("active", "exited"), f"{seller} to be sold out")

    def sold():
        tickets = [int(line.rpartition("ticket ")[2]) for seller in sellers for line in sv.log_lines(seller)
                   if "sold ticket" in line]
        return tickets if len(tickets) >= 100 else None
    assert sorted(until(sold, "a hundred sales")) == list(range(1, 101))

"""scripts/scaling.py: what a job counts, and what follows for N hosts."""

import json
import sys

import pytest
from conftest import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import scaling  # noqa: E402  # isort: skip
from bench import hosts  # noqa: E402


def rows(one, two, exchange=0.0, **told):
    """Return a shape's rows of gram and of step, with these seconds of an epoch."""
    told = {"exchange": exchange, "messages": 8, "bytes": 10**6, **told}
    found = [{"form": "fused", "workers": 1, "seconds": 2.0}]
    for form in (*hosts.FORMS, "share"):
        for workers, seconds in ((1, one), (2, two)):
            each = {"form": form, "workers": workers, "seconds": seconds}
            found.append({**told, **each})
    return {"rows": found}


def test_computing_by_gram_is_that_of_a_worker_by_itself():
    found = rows(3, 2)
    for row in found["rows"]:
        row["seconds"] *= 10 if row["form"] == "gram" else 1
    assert hosts.shared(found, "gram") == (1, 2)


def test_computing_is_split_into_own_and_shared():
    assert hosts.shared(rows(3, 2), "gram") == (1, 2)
    assert hosts.shared(rows(3, 3.5), "gram") == (3, 0)  # two were slower: noise
    assert hosts.shared(rows(3, 1), "gram") == (0, 3)


def test_hosts_wait_for_messages_and_for_the_servers_wire():
    # 4 exchanges of two trips of 50 us, and of each host a MB at 1.25 GB/s
    wait = 4 * 2 * 50e-6 + 8 * 1e6 / 1.25e9
    assert hosts.predicted(rows(3, 2), "step", 8) == pytest.approx(1 + 2 / 8 + wait)
    # by gram the longer of the two hides the other
    assert hosts.predicted(rows(3, 2), "gram", 8) == pytest.approx(1 + 2 / 8)
    slow = rows(3, 2, exchange=5.0)
    assert hosts.predicted(slow, "gram", 8) == pytest.approx(5 + wait)
    assert hosts.predicted(rows(3, 2), "gram", 1) == 3


def test_kept_shows_what_is_there(run, tmp_path):
    file = ROOT / "docs" / "scaling.json"
    done = run("python", "scripts/scaling.py", "--kept", "--json", file,
               "--plot", tmp_path / "a.png")  # fmt: skip
    result = json.loads(file.read_text(encoding="utf-8"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(scaling.table(result))
    assert (tmp_path / "a.png").read_bytes()[1:4] == b"PNG"
    assert [*result["shapes"]] == [*scaling.SHAPES]
    assert all(len(row["rows"]) == len(scaling.JOBS) for row in result["shapes"].values())


def test_job_counts_its_exchanges():
    found = scaling.job("gram", 2, (1000, 2, 10, 1), 3)
    # an epoch of 100 steps in one block: 10 numbers of 4 bytes each, there and back
    assert (found["messages"], found["bytes"]) == (2, 2 * 100 * 10 * 4)
    assert found["chosen"] in hosts.FORMS and found["seconds"] > 0


def test_share_is_what_one_of_many_computes():
    one, two = (scaling.job("share", workers, (3000, 2, 10, 1), 3) for workers in (1, 2))
    assert one["messages"] == two["messages"] == two["exchange"] == 0
    assert one["seconds"] > 0 and two["seconds"] > 0

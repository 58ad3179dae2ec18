"""Processes that read a file together have what one has that reads it alone."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from together import together

from linreg_gluon import tabular, theory
from linreg_gluon.config import InputError
from linreg_gluon.tabular import merging, ranges, sharing
from linreg_gluon.tabular.cells import gap_words
from linreg_gluon.tabular.layout import Layout
from linreg_gluon.tabular.records import records
from linreg_gluon.tabular.scanning import Scan
from linreg_gluon.tabular.seen import Seen

CELLS = st.sampled_from(["1", "22", "a", "", "x\ny", 'say "no"', "a,b", "p\nq\nr", "é"])
ROWS = st.lists(st.tuples(CELLS, CELLS, st.sampled_from("123")), max_size=12)


@given(ROWS, st.sampled_from(["\n", "\r\n"]), st.booleans(), st.integers(1, 6),
       st.sampled_from(["", "#c,\n", "\n"]))  # fmt: skip
@settings(max_examples=300)
def test_ranges_are_the_file(tmp_path_factory, rows, ends, final, size, between):
    """Or a quote without an end shows that one was cut, and all is read by each."""
    path = str(tmp_path_factory.getbasetemp() / "ranges.csv")
    lines = [",".join('"%s"' % c.replace('"', '""') for c in row) for row in rows]
    text = "a,b,y" + ends + between + "".join(line + ends for line in lines)
    text = text if final or not rows else text[: -len(ends)]
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    content = text.encode()
    layout = Layout(path, ("a", "b", "y"), size=len(content), comment="#", lines=9)
    body = content.index(b"\n") + 1
    edges = ranges.cuts(body, len(content), size)
    begins = [first if first == body else ranges.begin(layout, first, stop)
              for first, stop in zip(edges, edges[1:])]  # fmt: skip
    found, whole = [], [cells for _, cells in records(path, layout)]
    for first, stop in ranges.spans(begins, edges):
        assert first <= stop
        try:
            found += [cells for _, cells in records(path, layout.at(first, stop))]
        except InputError:
            return  # not proven: each would read all
    assert found == whole


@pytest.mark.parametrize("cut", range(8, 40))
def test_begins_behind_quoted_line_ends(tmp_path, cut):
    file = tmp_path / "a.csv"
    rows = [b'"say\nso",1\n', b'"a\n\nb",2\n', b'3" pipe,3\n', b'"x",4\n'] * 3
    file.write_bytes(b"a,y\n" + b"".join(rows))
    starts = set(4 + np.cumsum([0, *map(len, rows)]))
    size = file.stat().st_size
    found = ranges.begin(Layout(str(file), ("a", "y"), size=size), cut, size)
    assert found in starts and found >= cut


def test_no_record_begins_within_a_long_cell(tmp_path):
    file = tmp_path / "a.csv"
    file.write_bytes(b"a,y\n" + b"x" * 1000 + b",2\n")
    layout = Layout(str(file), ("a", "y"), size=1007)
    assert ranges.begin(layout, 300, 600) == 600


TEXTS = st.sampled_from(["1", "2.5", "1,5", "", "NA", "yes", "no", "a", "b", "07", "5%",
                         "2020-01-05", "2019-12-31", "1/2/2020", "13/2/2020"])  # fmt: skip


@given(st.lists(TEXTS, min_size=1, max_size=30), st.lists(st.integers(0, 30), max_size=3))
@settings(max_examples=300)
def test_merged_scans_are_the_whole(cells, cut):
    def scan(part):
        found = Scan("c")
        if part:
            found.add(np.array(part, object), gap_words(tabular.Reading()))
        return found

    edges = [0, *sorted(min(c, len(cells)) for c in cut), len(cells)]
    parts = [scan(cells[a:b]) for a, b in zip(edges, edges[1:])]
    told = [json.loads(json.dumps(merging.told(part))) for part in parts]
    whole, found = scan(cells), merging.merged(told)
    assert vars(found) == vars(whole)


@given(st.lists(st.integers(-1, 6), min_size=1, max_size=8), st.integers(0, 8))
def test_merged_numbers_count_as_the_whole(numbers, cut):
    parts = Scan("c"), Scan("c"), Scan("c")
    values = np.array(numbers, float)
    for scan, part in zip(parts, (values, values[:cut], values[cut:])):
        scan.add(part, ())
    found = merging.merged(list(map(merging.told, parts[1:])))
    whole = parts[0]
    assert (found.counting, found.typed, found.rows) == (whole.counting, True, whole.rows)


def numbers(n, rng):
    X = rng.normal(size=(n, 3)).round(3)
    y = X @ [1, 2, 3] + rng.normal(size=n)
    return ["%d,%.3f,%.3f,%.3f,%.3f,7" % (i, *x, t) for i, (x, t) in enumerate(zip(X, y))]


def with_texts(n, rng):
    lines = numbers(n, rng)
    words = ['"red, or\nso"', "blue", "green"]
    lines = ["%s,%s" % (line, words[i % 3]) for i, line in enumerate(lines)]
    for i in range(0, n, 37):
        lines[i] = lines[i].replace(lines[i].split(",")[1], "NA", 1)
    return lines


def late_text(n, rng):
    lines = [line + ",1" for line in numbers(n, rng)]
    lines[-5] = lines[-5][:-1] + "many"
    return lines


def fault(n, rng):
    lines = numbers(n, rng)
    lines[n - 9] += ",5"
    return lines


FILES = {
    "numbers": (numbers, "id,a,b,c,y,k"),
    "texts": (with_texts, "id,a,b,c,y,k,colour"),
    "late text": (late_text, "id,a,b,c,y,k,l"),
}


@pytest.fixture
def small(monkeypatch):
    """Let small files be shared, too; return how often one was."""
    counts = []
    plain = sharing.Sharing.read

    def read(self):
        found = plain(self)
        counts.append(found.first)
        return found

    monkeypatch.setattr(sharing, "LEAST", 1)
    monkeypatch.setattr(sharing.Sharing, "read", read)
    return counts


@pytest.mark.parametrize("size", [2, 3, 5])
@pytest.mark.parametrize("name", FILES)
def test_parts_are_the_whole_table(tmp_path, small, name, size):
    make, head = FILES[name]
    file = tmp_path / "t.csv"
    lines = make(3000, np.random.default_rng(0))
    file.write_text(head + "\n" + "\n".join(lines) + "\n")
    whole = tabular.read_csv(str(file), "y")

    def call(everyone):
        keep = {"keep": lambda n: np.ones(n, bool), "everyone": everyone}
        return tabular.read_csv(str(file), "y", **keep)

    parts = together(size, call)
    assert len(small) == size, "it was not shared"
    assert np.array_equal(np.concatenate([p.values for p in parts]), whole.values)
    assert [p.first for p in parts] == list(
        np.cumsum([0, *(len(p.values) for p in parts)])[:-1]
    )
    for part in parts:
        assert part.plan == whole.plan and part.rows == len(whole.values)
        assert part.sha256 == tabular.fingerprint(whole.values)


def test_fault_is_told_as_by_one(tmp_path, small):
    file = tmp_path / "t.csv"
    lines = fault(3000, np.random.default_rng(0))
    file.write_text("id,a,b,c,y,k\n" + "\n".join(lines) + "\n")
    with pytest.raises(InputError) as alone:
        tabular.read_csv(str(file), "y")

    def call(everyone):
        with pytest.raises(InputError) as caught:
            tabular.read_csv(str(file), "y", keep=np.ones, everyone=everyone)
        return str(caught.value)

    assert together(2, call) == [str(alone.value)] * 2 and not small
    assert "line 2993: 7 cells" in str(alone.value)


def test_files_that_differ_are_refused(tmp_path, small):
    for name, rows in ("0.csv", 300), ("1.csv", 301):
        text = "\n".join(numbers(rows, np.random.default_rng(0)))
        (tmp_path / name).write_text("id,a,b,c,y,k\n" + text)

    def call(everyone):
        path = str(tmp_path / ("%d.csv" % everyone.rank))
        with pytest.raises(InputError, match="not one file for all workers"):
            tabular.read_csv(path, "y", keep=np.ones, everyone=everyone)
        return True

    assert together(2, call) == [True, True]


def test_letters_beyond_the_first_bytes_are_read_as_by_one(tmp_path, small):
    file = tmp_path / "t.csv"
    lines = numbers(40_000, np.random.default_rng(0))
    lines = ["%s,%s" % (line, "red blue".split()[i % 2]) for i, line in enumerate(lines)]
    lines[-7] += "\xe9"
    text = "id,a,b,c,y,k,colour\n" + "\n".join(lines)
    file.write_bytes(text.encode("latin-1"))
    assert b"\xe9" not in file.read_bytes()[: 2**20]
    whole = tabular.read_csv(str(file), "y")
    options = {"keep": lambda n: np.ones(n, bool)}
    parts = together(2, lambda e: tabular.read_csv(str(file), "y", everyone=e, **options))
    assert not small  # each has read all, for the encoding is of all bytes
    assert any("\xe9" in name for name in whole.names)
    for part in parts:
        assert part.names == whole.names and part.sha256 == tabular.fingerprint(whole.values)


def test_few_rows_are_read_by_each(tmp_path, small):
    file = tmp_path / "t.csv"
    lines = numbers(2 * sharing.LEAST_ROWS - 1, np.random.default_rng(0))
    file.write_text("id,a,b,c,y,k\n" + "\n".join(lines))
    options = {"keep": lambda n: np.ones(n, bool)}
    parts = together(2, lambda e: tabular.read_csv(str(file), "y", everyone=e, **options))
    assert not small and [len(part.values) for part in parts] == [len(lines)] * 2


def test_what_identifies_in_each_part_need_not_in_all():
    n, names = 60, ("row", "user_id", "id")
    ids = np.append(np.arange(30) + 10, np.arange(30) + 5)  # rising in each part
    X = np.column_stack([np.arange(n) % 30, ids, np.arange(n) + 7.0])

    def call(everyone):
        own = X[30 * everyone.rank :][:30]
        seen = merging.SeenByAll(names, True, lambda: iter([own]), everyone)
        return seen.identifiers(names, n)

    whole = Seen(names)
    whole.add(X)
    wanted = whole.identifiers(names, n)
    assert not wanted & {0, 1} and together(2, call) == [wanted] * 2


@pytest.mark.parametrize("first", [0, 1, 5])
def test_identifiers_and_sums_are_seen_by_all(first):
    rng = np.random.default_rng(first)
    n, names = 90, ("id", "row", "user_id", "a", "b")
    a = rng.normal(size=n)
    X = np.column_stack([rng.permutation(n), np.arange(n) * 2, np.arange(n) // 2, a, 3 - a])
    cuts = [0, first, 40, n]

    def call(everyone):
        own = X[cuts[everyone.rank] : cuts[everyone.rank + 1]]
        seen = merging.SeenByAll(names, True, lambda: iter([own]), everyone)
        ids = seen.identifiers(names, 2 * n)
        return seen.n, ids, seen.constants(), seen.combinations(range(5))

    whole = Seen(names)
    whole.add(X)
    told = n, whole.identifiers(names, 2 * n), set(), whole.combinations(range(5))
    assert told[1] == {0, 1} and told[3] == {4: [3]}
    assert together(3, call) == [told] * 3
    assert theory.ALONE.gather(b"x") == [b"x"]

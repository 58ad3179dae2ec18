"""What an epoch would take on N hosts of one core each, from what was measured here.

The computing of an epoch is c1 by one worker, c2 by each of two; so the part of it
that is shared is P = 2 (c1 - c2), and S = c1 - P is each worker's own: to draw the
order of the batches, to walk the steps. By gram c1 and c2 are of a worker by itself,
with nothing exchanged: here two of them and the server would take turns on the cores.
The server's wire carries every worker's bytes.

    step:  S + P / N + w,          w = exchanges (a + 2 trips) + N bytes / rate
    gram:  max(S + P / N, w)       (what travels overlaps with what is computed)

a: of an exchange between two, here.
"""

from linreg_gluon import cli

from .showing import markdown, short

HOSTS = [1, 2, 4, 8, 16, 32, 64]
RATE = 10**10 / 8  # bytes a second: 10 Gbit/s
ROUND_TRIP = 50e-6  # seconds: an assumption for a switched network
ROUND_TRIPS = 2  # of an exchange: push, pull
FORMS = "gram", "step"


def measured(found, form):
    """Return the rows of a form by one worker and by two."""
    rows = [row for row in found["rows"] if row["form"] == form]
    return sorted(rows, key=lambda row: row["workers"])


def shared(found, form):
    """Return (S, P), the seconds of a worker's own work and of what all share."""
    form = "share" if form == "gram" else form
    one, two = (row["seconds"] - row["exchange"] for row in measured(found, form))
    part = min(one, max(0, 2 * (one - two)))
    return one - part, part


def predicted(found, form, hosts):
    """Return the model's seconds of an epoch on so many hosts."""
    own, part = shared(found, form)
    part /= hosts
    if hosts == 1:
        return own + part
    two = measured(found, form)[1]
    exchanges = two["messages"] / 2
    wait = two["exchange"] + exchanges * ROUND_TRIPS * ROUND_TRIP
    wait += hosts * two["bytes"] / RATE
    return own + part + wait if form == "step" else max(own + part, wait)


def speed_ups(found, form):
    """Return how many times as fast as fused on one core, for each of HOSTS."""
    fused = found["rows"][0]["seconds"]
    return [fused / predicted(found, form, hosts) for hosts in HOSTS]


def details(result):
    """Return the model's speed-ups over fused as a Markdown table."""
    head = ["fused on one core: 1", "form", "own, s", "shared, s"]
    rows = [[*head, *("%d" % hosts for hosts in HOSTS)]]
    for name, found in result["shapes"].items():
        for form in FORMS:
            cells = [*shared(found, form), *speed_ups(found, form)]
            first = name if form == FORMS[0] else ""
            rows.append([first, form, *map(short, cells)])
    return markdown(rows)


def draw(result, path):
    """Draw the model's speed-ups, and beside it the epochs against the delay."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    for name, found in result["shapes"].items():
        (line,) = left.loglog(HOSTS, speed_ups(found, "gram"), "o-", label=name)
        told = {"color": line.get_color(), "markersize": 3}
        left.loglog(HOSTS, speed_ups(found, "step"), "s--", **told)
    left.axhline(1, color="0.7", zorder=0)
    left.set(xlabel="hosts (model)", ylabel="times as fast as fused on one core")
    left.set_xticks(HOSTS, list(map(str, HOSTS)))
    told = {"title": "left: gram; dashed: per step", "title_fontsize": 7}
    figure.legend(fontsize=7, ncols=4, loc="outside lower center", **told)
    rows = result["delays"]
    for form, style in zip(FORMS, ("o-", "s--")):
        points = [(1e3 * row["round_trip"], row[form]) for row in rows]
        right.loglog(*zip(*points), style, label=form)
    right.set(xlabel="measured round trip, ms", ylabel="s an epoch, 1e6 x 10, b 100")
    right.legend(fontsize=7)
    with cli.replacing(path) as part:
        figure.savefig(part, dpi=150, metadata={"Software": None})

"""A benchmark's JSON as Markdown tables and as a figure."""

from linreg_gluon import cli

SHORT = ["our fused", "numba_loop", "jax_gather", "numpy_loop", "bare_gather"]
SHORT += ["torch_gather", "torch_concise", "sklearn_sgd"]
SHORT += ["our scratch", "our gluon", "lecture_scratch", "lecture_gluon"]


def table(result):
    """Return the main entries as a Markdown table: minima in ms (per fused's)."""
    known = set().union(*result["problems"].values())  # without peers: ours alone
    names = [name for name in SHORT if name in known]
    rows = [["ms (times fused)", *map(shown, names)]]
    for problem, found in result["problems"].items():
        cells = [cell(found.get(name), found["our fused"], ["min"]) for name in names]
        rows.append([problem, *cells])
    return markdown(rows)


def details(result):
    """Return all entries, and held to one core: minimum, median in ms (per fused's)."""
    parts = dict(result["problems"])
    parts.update({k + ", one core": v for k, v in result["one core"].items()})
    rows = [["ms: minimum, median (times fused)", *parts]]
    for name in parts["lecture"]:
        each = [(found.get(name), found["our fused"]) for found in parts.values()]
        rows.append([shown(name), *(cell(*two, ["min", "median"]) for two in each)])
    return markdown(rows)


def startup(result):
    """Return what whole processes take, from start to end, as a Markdown table."""
    rows = [["whole process", "seconds", "MB"]]
    for name, cost in result["processes"].items():
        rows.append([name, "%.2f" % cost["seconds"], "%.0f" % cost["megabytes"]])
    return markdown(rows)


def fits(result):
    """Return what many fits take, and a large one's memory, as Markdown tables."""
    rows = [["many fits", "of 800 rows, ms each", "of 799, 800, 801", "times"]]
    for name, each in result["fits"].items():
        same, varied = (1e3 * each[key] for key in ("same", "varied"))
        rows.append([name, short(same), short(varied), "%.2f" % (varied / same)])
    peaks = [["one fit, whole process", "data, MB", "most memory, MB"]]
    for name, each in result["memory"].items():
        peaks.append([name, *("%.0f" % each[key] for key in ("data", "megabytes"))])
    return markdown(rows) + "\n" + markdown(peaks)


def shown(name):
    return name.replace("_", " ")


def cell(found, fused, kinds):
    """Return how an entry's times are shown, and its minimum in times fused's."""
    if not found:
        return "-"
    times = ", ".join(short(1e3 * found[kind]) for kind in kinds)
    return f"{times} ({short(found['min'] / fused['min'])})"


def short(x):
    """Return a number in two digits, from 100 on in whole ones."""
    return "%.0f" % x if x >= 99.5 else "%.2g" % x


def markdown(rows):
    """Return rows, the first of them the head, as a Markdown table."""
    rows = [rows[0], ["---"] * len(rows[0]), *rows[1:]]
    return "".join("| " + " | ".join(row) + " |\n" for row in rows)


def draw(found, path):
    """Draw everyone's time against n on log axes."""
    import matplotlib
    from matplotlib.figure import Figure

    axes = Figure(figsize=(7, 4)).subplots()
    axes.set_prop_cycle(color=matplotlib.colormaps["tab20"].colors)
    for name, seconds in found["seconds"].items():
        style = "o-" if name.startswith("our ") else "s--"
        axes.loglog(found["n"][: len(seconds)], seconds, style, label=shown(name))
    axes.set(xlabel="examples n (d = 2, batches of 10)", ylabel="seconds per epoch")
    axes.legend(fontsize=7, loc="upper left", bbox_to_anchor=(1, 1))
    with cli.replacing(path) as part:
        axes.figure.savefig(part, dpi=150, bbox_inches="tight")

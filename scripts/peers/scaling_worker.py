"""One process of scripts/scaling.py.

scaling_worker.py form n d batch_size epochs [workers]
"""

import json
import os
import sys
import time


def data(num_examples, num_inputs):
    """Return features float32 (n, d) and labels float32 (n,)."""
    import numpy as np

    rng = np.random.default_rng(0)
    features = rng.standard_normal((num_examples, num_inputs), dtype=np.float32)
    return features, features @ np.linspace(2, -3.4, num_inputs, dtype=np.float32)


def member(form, workers, num_examples):
    """Return this process as a parallel.Worker, None of "fused"."""
    from linreg_gluon import parallel

    if form != "share":
        return None if form == "fused" else parallel.join("dist_sync")
    worker = parallel.Single()  # exchanges nothing with the others that there would be
    worker.size, worker.num_examples, worker.first = workers, num_examples, 0
    return worker


def work(form, num_examples, num_inputs, batch_size, num_epochs, workers=1):
    """Train, held to one core; the first worker prints its fastest epoch in between.

    form: of parallel.train, or alone "fused", or "share": what the first of so many
    workers computes by gram, with nothing exchanged. Printed is {seconds, exchange: of
    these spent waiting, messages, bytes: exchanged in the epoch, chosen: the form that
    would have been}.
    """
    number = int(os.environ.get("LINREG_GLUON_WORKER", 0))
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[number % len(cores)]})  # before MXNet's threads
    from linreg_gluon import Config, fused, parallel

    features, labels = data(num_examples, num_inputs)
    worker, ends = member(form, workers, num_examples), []
    if form == "share":
        own = num_examples // workers
        features, labels = features[:own], labels[:own]

    def on_epoch(epoch, loss):
        waited = sum(e.seconds for e in worker.exchanges.values()) if worker else 0
        ends.append((time.perf_counter(), waited))

    told = [features, labels, Config(0.01, num_epochs, batch_size)]
    if not worker:
        fused.train(*told, on_epoch=on_epoch)
    else:
        steps = "gram" if form == "share" else form
        parallel.train(*told, kvstore=worker, form=steps, on_epoch=on_epoch)
    # Nothing is computed ahead in the last one, so it is shorter than all others.
    before = zip(ends, ends[1:-1])
    best = min([b - a for a, b in zip(*each)] for each in before)
    best += map(int, worker.an_epoch if worker else (0, 0))
    found = dict(zip(["seconds", "exchange", "messages", "bytes"], best))
    if form == "gram":
        told[2] = Config(0.01, 1, batch_size)
        parallel.train(*told, kvstore=worker)
        found["chosen"] = worker.form
    if not number:
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    work(sys.argv[1], *map(int, sys.argv[2:]))

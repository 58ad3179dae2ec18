"""One worker of scripts/scaling.py: python scaling_worker.py n d batch_size."""

import json
import os
import sys
import time


def work(num_examples, num_inputs, batch_size):
    """Be one worker: rank 0 prints the seconds of the second epoch, and their parts."""
    number = int(os.environ["LINREG_GLUON_WORKER"])
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[number % len(cores)]})  # before MXNet's threads
    import numpy as np

    from linreg_gluon import Config, parallel

    ends, worker = [], parallel.Worker(parallel.connect("dist_sync"))
    rng = np.random.default_rng(0)
    features = rng.standard_normal((num_examples, num_inputs), dtype=np.float32)
    labels = features @ np.linspace(2, -3.4, num_inputs, dtype=np.float32)

    def on_epoch(epoch, loss):
        spent = sum(exchange.seconds for exchange in worker.exchanges.values())
        ends.append((time.perf_counter(), spent))

    config = Config(0.01, 2, batch_size)
    parallel.train(features, labels, config, kvstore=worker, on_epoch=on_epoch)
    total, exchange = np.subtract(ends[1], ends[0])
    if worker.rank == 0:
        print(json.dumps({"total": total, "exchange": exchange}), flush=True)


if __name__ == "__main__":
    work(*map(int, sys.argv[1:]))

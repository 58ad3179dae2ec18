"""Two threads that make the next blocks while this one is walked."""

import collections
import itertools
import os


def ahead(work, jobs):
    """Yield work(*job) for each of jobs in turn, two at a time if there are several.

    No block depends on the parameters, so each thread makes one of its own. On a single
    core they would only take turns.
    """
    first = list(itertools.islice(jobs, 2))
    if len(first) < 2 or cores() < 2:
        yield from itertools.starmap(work, itertools.chain(first, jobs))
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as pool:
        waiting = collections.deque(pool.submit(work, *job) for job in first)
        for job in jobs:
            waiting.append(pool.submit(work, *job))
            yield waiting.popleft().result()
        for each in waiting:
            yield each.result()


def cores():
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Spare:
    """Memory of the blocks that are done, for those to come; make(): new memory."""

    def __init__(self, make):
        self.make, self.done = make, collections.deque()

    def take(self):
        """Return some that was given back, or new."""
        try:
            return self.done.pop()
        except IndexError:
            return self.make()

    def give(self, memory):
        """Take it back, to be filled anew."""
        self.done.append(memory)

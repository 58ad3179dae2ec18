"""A second thread that makes the next blocks while this one walks, and helps it."""

import collections
import itertools
import os

AHEAD = 4  # blocks, made or to be made, besides the one that is walked


def ahead(work, jobs):
    """Yield work(*job) for each of jobs in turn; if there are several, by two threads.

    No block depends on the parameters, so another thread makes those to come. While
    the next one is not done this thread makes one, too, instead of waiting: a third
    would be one more than there may be cores. On a single core there is this one.
    """
    first = collections.deque(itertools.islice(jobs, AHEAD))
    count, jobs = len(first), drained(first, jobs)
    if count < 2 or cores() < 2:
        yield from itertools.starmap(work, jobs)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        submitted = ((job, pool.submit(work, *job)) for job in jobs)
        waiting = collections.deque(itertools.islice(submitted, count))
        while waiting:
            while not waiting[0][1].done() and helped(work, waiting):
                pass
            done = waiting.popleft()[1].result()
            waiting.extend(itertools.islice(submitted, 1))
            yield done


def drained(first, jobs):
    """Yield the jobs of a deque, and then the others.

    None stays there that is done: its rows may be a view of a whole epoch's order.
    """
    while first:
        yield first.popleft()
    yield from jobs


def helped(work, waiting):
    """Do the first job that nobody has begun; return whether there was one.

    waiting: a deque of (job, Future), in which its result then stands.
    """
    from concurrent.futures import Future

    for place, (job, future) in enumerate(waiting):
        if future.cancel():
            mine = Future()
            mine.set_result(work(*job))
            waiting[place] = job, mine
            return True
    return False


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

"""Processes that call something together, as threads of one."""

import concurrent.futures
import threading


def together(size, call):
    """Return what call(everyone) returns to each of so many processes, by rank."""
    barrier, given = threading.Barrier(size), [None] * size

    class Process:
        def __init__(self, rank):
            self.rank, self.size = rank, size

        def gather(self, content, lengths=None, combined=list):
            assert lengths is None or len(content) == lengths[self.rank]
            given[self.rank] = content
            barrier.wait(600)
            found = combined(given)
            barrier.wait(600)  # before anybody changes what he gave
            return found

        def sum(self, array):
            return self.gather(array, combined=sum)

    with concurrent.futures.ThreadPoolExecutor(size) as pool:
        return list(pool.map(call, map(Process, range(size))))

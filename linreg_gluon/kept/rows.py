"""A run's rows on disk instead of in memory: large arrays, each a mapped file.

Such a file has no name: it goes with its array, at the latest with the process, however
that ends. Only what is to be kept is written under a name, whole or not at all.
"""

import dataclasses
import errno
import math
import os
import tempfile
from typing import Optional

import numpy as np

PART = 2**20  # bytes of zeros that are written at once
UNKNOWN = {errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS}  # to this file system


@dataclasses.dataclass(frozen=True)
class OnDisk:
    """Where a run's rows are: in nameless files of a folder, mapped into memory.

    prefix: of the model, beside whose files they are; None: in the current folder.
    kept: whether the table's rows are to stay, see ``keep``.
    """

    prefix: Optional[str] = None
    kept: bool = False

    @property
    def folder(self):
        """The folder of the files."""
        return os.path.dirname(self.prefix or "") or "."

    def empty(self, shape, dtype=np.float64):
        """Return a new array, an np.memmap, as np.empty does one in memory.

        Raises OSError where the disk has no room for all of it. (It must not be found
        out later: the kernel ends a process that writes to a page without a place.)
        """
        size = math.prod(shape) * np.dtype(dtype).itemsize
        if not size:
            return np.empty(shape, dtype)
        try:
            with tempfile.TemporaryFile(dir=self.folder) as file:
                reserve(file, size)
                return np.memmap(file, dtype, "r+", shape=shape)
        except OSError as error:
            raise no_room(self.folder, size, error) from None

    def name(self, everyone):
        """Return the name under which this process's rows are kept."""
        which = ".rows"
        if everyone.size > 1:
            which += "-%d-of-%d" % (everyone.rank, everyone.size)
        return self.prefix + which + ".npy"

    def keep(self, values, everyone):
        """Write a table's values (n, d + 1) for np.load, if they are to be kept.

        Under ``name``, in place of what an earlier run kept there. Raises OSError where
        the disk has no room; the earlier file then stays.
        """
        if not self.kept:
            return
        path = self.name(everyone)
        new = os.path.join(self.folder, "." + os.path.basename(path) + ".new")
        try:
            try:
                with open(new, "wb") as file:  # also in place of a killed run's
                    reserve(file, values.nbytes)
                    np.save(file, values)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(new, path)
            except BaseException:
                os.unlink(new)
                raise
        except OSError as error:
            raise no_room(path, values.nbytes, error) from None


def reserve(file, size):
    """Give a new file so many bytes of zeros that have their place on the disk."""
    if hasattr(os, "posix_fallocate"):
        try:
            return os.posix_fallocate(file.fileno(), 0, size)
        except OSError as error:
            if error.errno not in UNKNOWN:
                raise
    for start in range(0, size, PART):
        file.write(bytes(min(PART, size - start)))
    file.flush()
    file.seek(0)


def no_room(where, size, error):
    """Return the OSError of one line for so many bytes that could not be written."""
    return OSError(
        f"{where}: {size / 1e6:.3g} MB of rows cannot be written: "
        f"{error.strerror or error}; make room, or give --save-prefix on another disk"
    )

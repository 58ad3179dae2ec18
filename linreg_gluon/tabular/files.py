"""The bytes of a file: unpacked, and looked through once.

Everything here is linear in the bytes, however hostile they are.
"""

import codecs
import contextlib
import gzip
import os
import zlib
from typing import NamedTuple

from ..config import InputError

LINE_LIMIT = 1 << 24  # bytes of a line: longer ones are no table's
PART = 1 << 20
NOT_WINDOWS = {0x81, 0x8D, 0x8F, 0x90, 0x9D}  # bytes without a meaning in cp1252
BOMS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


class Survey(NamedTuple):
    """A file at a glance: its encoding, its bytes, and at most how many lines."""

    encoding: str
    size: int
    lines: int


@contextlib.contextmanager
def opened(path):
    """Open a file, gzipped or not, for reading bytes; or raise InputError."""
    try:
        with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
            yield file
    except InputError:
        raise
    except (UnicodeError, LookupError) as error:
        fault = f"cannot be decoded ({error}); name the encoding with --encoding"
        raise InputError(f"{path}: {fault}") from None
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or f"a damaged gzip file ({error})"
        raise InputError(f"{path}: cannot be read: {reason}") from None


def glance(path, encoding=None):
    """Return (the Survey of a file that its first bytes let expect, these bytes).

    InputError as survey's, of the first bytes.
    """
    with opened(path) as file:
        first, look = file.read(PART), Look()
        size = os.fstat(file.fileno()).st_size
    if not first:
        raise InputError(f"{path}: is empty; it needs a header and rows")
    encoding = encoding or BOMS.get(first[:2])
    look.add(path, first, wide=(encoding or "").lower().startswith("utf-16"))
    lines = look.lines * size // len(first)
    return Survey(encoding or look.encoding(cut=len(first) < size), size, lines), first


def survey(path, encoding=None):
    """Walk a file once and return its Survey; InputError where it is no text."""
    look = Look()
    with opened(path) as file:
        for part in iter(lambda: file.read(PART), b""):
            if not look.size and encoding is None:
                encoding = BOMS.get(part[:2])
            look.add(path, part, wide=(encoding or "").lower().startswith("utf-16"))
    if not look.size:
        raise InputError(f"{path}: is empty; it needs a header and rows")
    return Survey(encoding or look.encoding(), look.size, look.lines)


class Look:
    """What was seen of a file's bytes so far."""

    def __init__(self):
        self.size = self.lines = self.since_line_end = 0
        self.decoder, self.bytes = codecs.getincrementaldecoder("utf-8")(), set()

    def add(self, path, part, wide):
        """Take in the next bytes; wide: of UTF-16, where NUL bytes are right."""
        ends = part.count(b"\n")
        if b"\r" in part:
            ends += part.count(b"\r") - part.count(b"\r\n")
        last = max(part.rfind(b"\n"), part.rfind(b"\r"))
        self.since_line_end = len(part) - 1 - last + (last < 0) * self.since_line_end
        self.size, self.lines = self.size + len(part), self.lines + ends
        if not wide and b"\0" in part:  # pandas would end the cell there, silently
            raise InputError(f"{path}: holds a NUL byte, so it is not a text file")
        if self.since_line_end > LINE_LIMIT:
            fault = f"is longer than {LINE_LIMIT >> 20} MB; no table has such lines"
            raise InputError(f"{path}, line {self.lines + 1}: {fault}")
        if not (wide or part.isascii()):
            self.bytes |= set(part)
        if self.decoder and not wide:
            try:
                self.decoder.decode(part)
            except UnicodeDecodeError:
                self.decoder = None

    def told(self):
        """Return what other Looks are to know, as a dict of JSON's types."""
        whole = bool(self.decoder and not self.decoder.getstate()[0])
        found = {"size": self.size, "lines": self.lines, "utf8": whole}
        return {**found, "bytes": sorted(self.bytes)}

    @classmethod
    def merged(cls, parts):
        """Return the Look of a file whose parts, each of whole lines, told these."""
        look = cls()
        look.size, look.lines = (sum(p[k] for p in parts) for k in ("size", "lines"))
        look.bytes = set().union(*(part["bytes"] for part in parts))
        look.decoder = look.decoder if all(part["utf8"] for part in parts) else None
        return look

    def encoding(self, cut=False):
        """Return UTF-8 where all bytes are, else the Western one that they fit.

        cut: whether a character may have been cut at the end.
        """
        if self.decoder and (cut or not self.decoder.getstate()[0]):
            return "utf-8-sig"
        windows = any(0x80 <= byte < 0xA0 for byte in self.bytes)
        return "cp1252" if windows and not self.bytes & NOT_WINDOWS else "latin-1"

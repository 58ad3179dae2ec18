"""How each of the lecture's claims is measured; record.py says what they are.

A check takes a Lab and returns (what was measured, verdict), the first in the words of
words.py, by language; it can come out otherwise. Where a figure is random the limit is
5 standard deviations: by chance one check in a million fails.
"""

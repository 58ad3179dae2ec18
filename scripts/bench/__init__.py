"""The benchmark's rooms: what is measured, in turns, at what cost, and how it shows."""

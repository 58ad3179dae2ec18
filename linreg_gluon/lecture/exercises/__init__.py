"""The questions of the lecture and of its book that can be run, with our answers."""

from . import beginnings, descent, gradients, loss, model, reading, solution
from .exercise import Exercise

ROOMS = (beginnings, reading, model, loss, gradients, solution, descent)
EXERCISES = tuple(
    sorted((each for room in ROOMS for each in room.QUESTIONS), key=lambda e: e.step)
)
__all__ = ["EXERCISES", "Exercise"]

"""The questions of the lecture and of its book that can be run, with our answers."""

from . import beginnings, descent, gradients, loss, model, reading, solution
from .exercise import Exercise

ROOMS = (beginnings, reading, model, loss, gradients, solution, descent)
EXERCISES = tuple(
    sorted((each for room in ROOMS for each in room.QUESTIONS), key=lambda e: e.step)
)
__all__ = ["EXERCISES", "Exercise", "exercise"]


def exercise(id):
    """Return the Exercise of an id, such as "remainder"; KeyError if there is none."""
    return {each.id: each for each in EXERCISES}[id]

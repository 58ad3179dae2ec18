"""How much is shown of what may be long."""

MOST_NAMES = 10


def shortened(text, most=40):
    """Return a text cut to so many characters."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 3] + "..."


def listed(items, most=MOST_NAMES):
    """Return items with commas between: at most so many, and how many are left."""
    items = list(items)
    more = len(items) - most
    return ", ".join(items[:most]) + (f" and {more} more" if more > 0 else "")

"""The JSON files in which measured figures are kept, part by part."""

import json
from pathlib import Path

from _door import cli


def kept(path):
    """Return the result that a file holds; nothing, where there is none yet."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise cli.UsageError(f"--json {path}: no result to keep ({error})") from None


def keep(path, result):
    """Write a result to a file, as a whole or not at all."""
    cli.write_text(path, json.dumps(result, indent=1) + "\n")

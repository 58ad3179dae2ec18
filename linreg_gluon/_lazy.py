"""Names of a package that load their room when they are first asked for (PEP 562)."""

import importlib
import sys


def offered(package, rooms):
    """Return (__all__, __getattr__, __dir__) of a package whose names load late.

    package: its __name__. rooms: {room: "name name ..."}; a room without names is
    offered itself. ``import linreg_gluon`` must not wait for what a run does not use.
    """
    home = {}
    for room, names in rooms.items():
        home.update({name: room for name in names.split() or [room]})

    def get(name):
        if name not in home:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        room = importlib.import_module("." + home[name], package)
        found = room if name == home[name] else getattr(room, name)
        setattr(sys.modules[package], name, found)  # next time it is found at once
        return found

    return sorted(home), get, lambda: sorted(home)

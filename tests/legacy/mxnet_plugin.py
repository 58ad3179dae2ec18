"""For pytest, running MXNet's own tests: lends them nose, notes each test's end.

Loaded with ``-p mxnet_plugin`` in the process of the tests, which may be an old Python
without this package: it imports pytest alone. MXNET_TESTS_LOG names the file in which
each test leaves a line when it begins and one when it ends. Tests that have left one
before (a process that crashed ran them) are not run again.
"""

import functools
import json
import os
import sys
import types

LOG = os.environ["MXNET_TESTS_LOG"]


def make_decorator(function):
    return functools.partial(functools.update_wrapper, wrapped=function)


def raises(*errors):
    """Return nose's decorator of a test that must raise one of the errors."""

    def decorate(test):
        @functools.wraps(test)
        def call(*args, **kwargs):
            try:
                test(*args, **kwargs)
            except errors:
                return
            raise AssertionError("%s raised none of %s" % (test.__name__, errors))

        return call

    return decorate


def lend_nose():
    """Put into sys.modules what MXNet's tests use of nose."""
    import unittest

    case = unittest.TestCase()
    tools = types.ModuleType("nose.tools")
    tools.make_decorator, tools.raises = make_decorator, raises
    tools.assert_raises, tools.ok_ = case.assertRaises, case.assertTrue
    nose = types.ModuleType("nose")
    nose.tools, nose.runmodule = tools, lambda *args, **kwargs: None
    sys.modules.update({"nose": nose, "nose.tools": tools})


lend_nose()


def note(**line):
    with open(LOG, "a") as file:
        file.write(json.dumps(line) + "\n")


def test_name(nodeid):
    """Return "test_file.py::test" of pytest's name, which begins with the folders."""
    return nodeid.split("/")[-1]


def pytest_collection_modifyitems(items):
    seen = set()
    if os.path.exists(LOG):
        with open(LOG) as file:
            seen = {json.loads(line)["test"] for line in file}
    items[:] = [item for item in items if test_name(item.nodeid) not in seen]


def pytest_collectreport(report):
    if report.failed:
        why = str(report.longrepr).strip().splitlines()[-1]
        note(test=test_name(report.nodeid), outcome="failed", why=why)


def pytest_runtest_logstart(nodeid, location):
    note(test=test_name(nodeid), outcome="begun")


def pytest_runtest_logreport(report):
    if report.when == "call" or report.outcome != "passed":
        crash = getattr(report.longrepr, "reprcrash", None)
        why = crash.message.split("\n")[0] if crash else ""
        if report.skipped and isinstance(report.longrepr, tuple):
            why = report.longrepr[2]
        note(test=test_name(report.nodeid), outcome=report.outcome, why=why[:200])

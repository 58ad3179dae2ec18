"""The command line: flags, what is printed, how a script ends."""

from .._lazy import offered

ROOMS = {
    "ending": "run",
    "flags": "parse told_of",
    "groups": "add_disk_flags add_study_flags add_table_flags add_worker_flags "
    "training_parser",
    "inputs": "naming seekable",
    "outputs": "check_outputs check_plot check_writable replacing save_figure "
    "write_json write_text",
    "reading": "add_layout_flags layout_of",
    "parser": "Parser UsageError numbers positive positive_real share whole wholes",
    "printing": "counter print_plan progress",
    "training": "Path experiment table train train_as_worker",
}
__all__, __getattr__, __dir__ = offered(__name__, ROOMS)

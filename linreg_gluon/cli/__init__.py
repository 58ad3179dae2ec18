"""The command line: flags, what is printed, how a script ends."""

"""How the scripts of this folder fail: with one line."""
import sys


class Fault(Exception):
    """Says which file or setting is wrong, what it is and what it must be."""


def run(main):
    """Runs a script's main function; a fault becomes a line on standard error and the exit status 1."""
    try:
        main()
    except Fault as fault:
        sys.exit(str(fault))

"""`python -m balans` is the command `balans`."""

import sys

from balans.cli import main

if __name__ == "__main__":
    sys.exit(main())

"""`python -m tests.hunt`."""

import sys

from tests.hunt.hunt import main

if __name__ == "__main__":
    sys.exit(main())

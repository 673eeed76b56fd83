"""``python -m mlinfra``: the same as the command ``mlinfra``."""

import sys

if __name__ == "__main__":
    if not sys.flags.safe_path:
        del sys.path[0]  # the current folder, which Python adds: a click.py of somebody's branch is no library
    from mlinfra.cli import main

    main()

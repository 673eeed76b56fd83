"""``python -m mlinfra``: the same as the command ``mlinfra``."""

from mlinfra.cli import main

if __name__ == "__main__":
    main()

# SPDX-License-Identifier: MIT
"""Run the commands: `lg-sandbox`, or `python -m lg_sandbox`."""

from lg_sandbox._commands import build

__all__ = ["main"]


def main() -> None:
    """Run the command line."""
    build()()


if __name__ == "__main__":
    main()

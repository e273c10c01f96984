# SPDX-License-Identifier: MIT
"""The command `lg-core`, also as `python -m lg_core`."""

from lg_core.cli import run

__all__ = ["main"]


def main() -> None:
    """Run the command line."""
    run("lg-core", "lg_core._commands:app", extra="lg-core[cli]")


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: MIT
"""The command `lg-patterns`, also as `python -m lg_patterns`."""

from lg_core.cli import run

__all__ = ["main"]


def main() -> None:
    """Run the command line."""
    run("lg-patterns", "lg_patterns._commands:app", extra="lg-patterns[demo]")


if __name__ == "__main__":
    main()

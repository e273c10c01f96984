# SPDX-License-Identifier: MIT
"""The command `lg-pay`, also as `python -m lg_pay`."""

from lg_core.cli import run

__all__ = ["main"]


def main() -> None:
    """Run the command line."""
    run("lg-pay", "lg_pay._commands:app", extra="lg-pay[cli]")


if __name__ == "__main__":
    main()

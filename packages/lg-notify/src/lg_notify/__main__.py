# SPDX-License-Identifier: MIT
"""The command `lg-notify`, also as `python -m lg_notify`."""

from lg_core.cli import run

__all__ = ["main"]


def main() -> None:
    """Run the command line."""
    run("lg-notify", "lg_notify._commands:app", extra="lg-notify[cli]")


if __name__ == "__main__":
    main()

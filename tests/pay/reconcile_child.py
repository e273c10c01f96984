# SPDX-License-Identifier: MIT
"""A run in a process of its own, beside others for the same day: prints the batch it was given.

python reconcile_child.py STORE FOLDER
"""

import sys

from pay.reconciling import run_day

from lg_core.store import Store
from lg_pay.reconcile import PostingBook, Recording


def main() -> None:
    """Make the batch of the day, and print its number, its digest and whether it was there."""
    url, folder = sys.argv[1:]
    with Store(url) as store:
        outcome = run_day(PostingBook(store), Recording(folder))
    sys.stdout.write(f"{outcome.batch.number} {outcome.batch.digest} {outcome.repeated}\n")


if __name__ == "__main__":
    main()

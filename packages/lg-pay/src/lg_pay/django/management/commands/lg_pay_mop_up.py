# SPDX-License-Identifier: MIT
"""`python manage.py lg_pay_mop_up`: look after the payments whose payers did not come back."""

from datetime import timedelta
from typing import Any, TextIO, cast

from django.core.management.base import BaseCommand, CommandError

from lg_core.errors import LgError
from lg_pay.django.settings import read_book, read_pay, read_tell
from lg_pay.mop_up import MopUp, mop_up

__all__ = ["Command"]

_FROM_MINUTES = 15


class Command(BaseCommand):
    """Asks GOV.UK Pay about every payment that is due, and reports what needs a person."""

    help = (
        "Ask GOV.UK Pay about payments whose payers did not come back, tell the news, and report "
        "money that was taken and that nothing has acted on, and money that could not be taken "
        "after all. Run it every few minutes."
    )

    def add_arguments(self, parser: Any) -> None:  # noqa: ANN401 -- Django has no types
        """Add the options.

        Args:
            parser: Django's parser of arguments.
        """
        parser.add_argument(
            "--from-minutes",
            type=int,
            default=_FROM_MINUTES,
            help="how old a payment must be before it is asked for (15)",
        )

    def handle(self, *_arguments: object, **options: Any) -> None:  # noqa: ANN401 -- as above
        """Run the command; ends with 1 where something needs a person.

        Args:
            _arguments: none are taken.
            options: what the command line said.

        Raises:
            CommandError: a setting is wrong, or a person must look at what was printed.
        """
        try:
            with read_book() as book, read_pay() as pay:
                found = mop_up(
                    book,
                    pay,
                    from_=timedelta(minutes=options["from_minutes"]),
                    tell=read_tell(),
                )
        except LgError as error:
            raise CommandError(error.message) from error
        out = cast("TextIO", self.stdout)
        for line in _lines(found):
            out.write(line)
        if not found.clean:
            raise CommandError("Some payments need a person: see above.", returncode=1)


def _lines(found: MopUp) -> list[str]:
    """Say what was found, with GOV.UK Pay's ids and nothing that may be personal."""
    lines = [
        (
            f"{found.looked} looked at, {found.paid} paid, {found.captured} captured, "
            f"{found.ended} ended unpaid, {found.still_open} still open, {found.lost} lost."
        )
    ]
    if found.reversed:
        lines.append(f"{found.reversed} paid, and the money could not be taken after all.")
    lines += [
        f"{each.entry.payment_id}: could not be asked for ({type(each.error).__name__})."
        for each in found.not_asked
    ]
    lines += [f"{each.payment_id}: money taken, nothing submitted." for each in found.unsubmitted]
    lines += [
        f"{each.payment_id}: paid, and the money could not be taken; nothing undone."
        for each in found.not_undone
    ]
    lines += [
        f"{each.payment_id}: ended with a state that this version does not know."
        for each in found.unclear
    ]
    return lines

# SPDX-License-Identifier: MIT
"""The page on which a resident checks her answers before they are sent (Design System pattern)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lg_core.texts import Text
from lg_forms.engine import Answers
from lg_forms.faults import Words
from lg_forms.pages import Row

__all__ = ["CheckPage"]


@dataclass(frozen=True, slots=True)
class CheckPage:
    """What stands on the page besides the answers.

    Args:
        heading: says what to do, such as 'Check your answers before you pay'; ours where None.
        button: names what happens, such as 'Continue to payment'; ours where None.
        before_button: a paragraph above the button, such as what sending commits a person to.
        more_rows: makes more lines from the answers, such as the price.
    """

    heading: Text | None = None
    button: Text | None = None
    before_button: Text | None = None
    more_rows: Callable[[Answers], Sequence[Row]] | None = None

    def title(self, words: Words) -> str:
        """Return the heading.

        Args:
            words: says texts in the page's language.
        """
        return words.of(self.heading) if self.heading else words.say("check_heading")

    def button_text(self, words: Words) -> str:
        """Return the text of the button.

        Args:
            words: says texts in the page's language.
        """
        return words.of(self.button) if self.button else words.say("check_button")

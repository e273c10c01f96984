# SPDX-License-Identifier: MIT
"""The stand-in for OS Places as a test sees it: address, keys, project, addresses, records."""

from lg_sandbox.clock import Clock
from lg_sandbox.faults import Faults
from lg_sandbox.places.app import build_app
from lg_sandbox.places.model import Premises, Project
from lg_sandbox.places.office import Office
from lg_sandbox.places.query import Operation
from lg_sandbox.places.town import build_town
from lg_sandbox.stand_in import StandIn

__all__ = ["PlacesStandIn"]


class PlacesStandIn(StandIn):
    """A stand-in for OS Places. Safe between threads.

    `Sandbox` builds it. `app` works in process at any time; `url` while the sandbox runs. `url`
    stands for the origin of the OS APIs: clients add `/search/places/v1/...` to it. All
    addresses are invented, and always the same.

    Args:
        clock: the virtual clock.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__(
            clock=clock, platform="OS Places", name="places", faults=Faults(list(Operation))
        )
        self._office = Office(clock)
        self._api_key = self._office.admit()
        self._app = build_app(self._office, faults=self._faults, notebook=self._notebook)

    @property
    def api_key(self) -> str:
        """A key of the project, of the OS Data Hub's shape."""
        return self._api_key

    @property
    def project(self) -> Project:
        """The project on the OS Data Hub; change its settings as a test needs."""
        return self._office.project

    @property
    def addresses(self) -> tuple[Premises, ...]:
        """Every property of the invented town."""
        return build_town()

    def new_api_key(self) -> str:
        """Make another key of the project.

        Returns:
            The key.
        """
        return self._office.admit()

    def revoke(self, api_key: str) -> None:
        """Take a key back: it is refused from now on.

        Args:
            api_key: the key.

        Raises:
            LookupError: when it is no key of this stand-in.
        """
        self._office.revoke(api_key)

# SPDX-License-Identifier: MIT
"""Hold the profiles of a council by name, and find those that a reference belongs to."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Self

from lg_core.errors import ConfigError
from lg_core.references._profile import ReferenceProfile
from lg_core.toml_files import read_text_file

__all__ = ["References"]


class References(Mapping[str, ReferenceProfile]):
    """Hold profiles by name.

    Args:
        profiles: the profiles, each with a name of its own.

    Raises:
        ConfigError: two have the same name.
    """

    __slots__ = ("_profiles",)

    def __init__(self, profiles: Iterable[ReferenceProfile]) -> None:
        kept: dict[str, ReferenceProfile] = {}
        for profile in profiles:
            if profile.name in kept:
                raise ConfigError(
                    f"Two profiles have the name {profile.name}. Give each a name of its own."
                )
            kept[profile.name] = profile
        self._profiles = kept

    @classmethod
    def from_toml(cls, text: str, *, name: str = "references.toml") -> Self:
        """Read profiles.

        Args:
            text: the text of the file: a table `[references.NAME]` for each profile.
            name: the name of the file, for errors.

        Returns:
            The profiles by name.

        Raises:
            TomlFileError: it is not TOML, or a profile is wrong; every fault has its line.
        """
        from lg_core.references._file import read_profiles  # noqa: PLC0415 -- loads pydantic

        return cls(read_profiles(text, name=name))

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read the profiles of a file.

        Args:
            path: the TOML file, in UTF-8.

        Returns:
            The profiles by name.

        Raises:
            ConfigError: the file cannot be read, or a profile in it is wrong.
        """
        file, text = read_text_file(path, what="file of reference profiles")
        return cls.from_toml(text, name=file)

    def profile(self, name: str) -> ReferenceProfile:
        """Return the profile of a name.

        Args:
            name: the name that a fund, a rule or a command gives.

        Returns:
            The profile.

        Raises:
            ConfigError: there is none of that name; the text lists those that there are.
        """
        if name in self._profiles:
            return self._profiles[name]
        raise ConfigError(
            f"There is no reference profile of that name. There are: {', '.join(self)}.",
            setting="reference",
        )

    def matching(self, text: str) -> tuple[ReferenceProfile, ...]:
        """Find the profiles that a reference belongs to.

        Args:
            text: the reference as it came.

        Returns:
            Every profile that takes it, in order. More than one means that the reference alone
            does not say what it is for.
        """
        return tuple(profile for profile in self._profiles.values() if profile.matches(text))

    def __getitem__(self, name: str) -> ReferenceProfile:
        return self._profiles[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._profiles)

    def __len__(self) -> int:
        return len(self._profiles)

    def __repr__(self) -> str:
        return f"References of {len(self)} kinds"

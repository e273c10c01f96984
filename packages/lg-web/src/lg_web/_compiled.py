# SPDX-License-Identifier: MIT
"""Templates compiled once in a process, however many councils' shells show them.

Jinja compiles a template for each environment, and a shell has its own: a supplier's process with
forty councils would compile the same pages forty times, a second or so for each council.
"""

from typing import final

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

__all__ = ["CompiledTemplates"]


@final
class CompiledTemplates(BytecodeCache):
    """Compiled templates in memory, for environments of the same settings.

    A template is found by its name, its file and its source: one that was edited is compiled anew,
    and takes the place of what it was.
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, bytes]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what is there.

        Args:
            bucket: what Jinja asks for.
        """
        checksum, compiled = self._kept.get(bucket.key, ("", b""))
        if checksum == bucket.checksum:
            bucket.bytecode_from_string(compiled)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled.

        Args:
            bucket: what Jinja has compiled.
        """
        self._kept[bucket.key] = (bucket.checksum, bucket.bytecode_to_string())

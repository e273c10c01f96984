# SPDX-License-Identifier: MIT
"""GOV.UK One Login for council services: sign a resident in, and check every claim of it."""

__all__: list[str] = []

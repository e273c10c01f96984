# SPDX-License-Identifier: MIT
"""GOV.UK Notify for council services: send texts and e-mails, and know what became of them."""

__all__: list[str] = []

# SPDX-License-Identifier: MIT
"""What Django is told of the app. It has no models: the payment book has its own table."""

from django.apps import AppConfig

__all__ = ["PayConfig"]


class PayConfig(AppConfig):
    """Registers the command of lg-pay."""

    name = "lg_pay.django"
    label = "lg_pay"
    verbose_name = "GOV.UK Pay"

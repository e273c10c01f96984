# SPDX-License-Identifier: MIT
"""A Django app with one command: `python manage.py lg_pay_mop_up`.

    INSTALLED_APPS = [..., "lg_pay.django"]
    LG_PAY = {
        "STORE": "postgresql://pay@db.internal/pay",       # where the payment book is kept
        "ACCOUNTS": "pay.toml",                    # or "API_KEY", or LG_PAY_API_KEY set
        "TELL": "garden_waste.payments.on_change",         # told the news: a function of a Change
    }

Needs the extras `lg-pay[book,django]`.
"""

__all__: list[str] = []

# SPDX-License-Identifier: MIT
"""What `lg-notify try` shows. The one place that uses the sandbox."""

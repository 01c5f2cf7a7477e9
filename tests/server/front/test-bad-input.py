# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be refused, each with its clear answer, while the service stays up."""

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Closes the windows of these names, whosever they are, once they all stand on the screen."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
sys.dont_write_bytecode = True
import tw_window  # noqa: E402

for window in [tw_window.any_window(name, 40) for name in sys.argv[1:]]:
    window.close()

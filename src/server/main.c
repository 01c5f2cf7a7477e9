// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/ops/tw-ops.h"

int
main (int argc, char **argv)
{
  return tw_ops_run (argc, argv);
}

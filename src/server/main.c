// SPDX-License-Identifier: GPL-3.0-or-later
#include <libintl.h>
#include <stdlib.h>

#include "server/ops/tw-ops.h"

int
main (int argc, char **argv)
{
  const char *told = getenv ("TW_LOCALEDIR");

  bindtextdomain (GETTEXT_PACKAGE, told != NULL ? told : TW_LOCALEDIR);
  return tw_ops_run (argc, argv);
}

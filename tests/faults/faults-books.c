// SPDX-License-Identifier: GPL-3.0-or-later
/* faults-books service|counterpart DATABASE KEYS: what stands in the books, as one JSON object. */
#include <string.h>

#include "protocol/tw-json.h"
#include "tw-faults-books.h"
#include "vault/tw-vault.h"

int
main (int argc, char **argv)
{
  g_autoptr (JsonObject) books = json_object_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (argc != 4)
    g_error ("faults-books service|counterpart DATABASE KEYS");
  if (!tw_vault_init (&error) ||
      !tw_faults_books_read (strcmp (argv[1], "service") == 0, argv[2], argv[3], books, &error))
    {
      g_printerr ("faults-books: %s\n", error->message);
      return 1;
    }
  text = tw_json_canonical_object (books);
  g_print ("%s\n", text);
  return 0;
}

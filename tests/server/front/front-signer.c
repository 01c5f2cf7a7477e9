// SPDX-License-Identifier: GPL-3.0-or-later
/* A device for the tests of the service: makes a key, and signs commands as the client does. One
 * request a line on standard input, one answer a line: `key`, or `sign SEED ACCOUNT DEVICE
 * COMMAND`, ACCOUNT being
 * `-` for a guest. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/tw-command.h"
#include "protocol/tw-json.h"
#include "vault/tw-vault.h"

static void
make_key (void)
{
  g_autoptr (TwSigner) signer = tw_signer_new ();
  g_autofree char *seed = tw_base64_encode (tw_signer_peek_seed (signer), TW_SIGN_SEED_BYTES);
  g_autofree char *public_key = tw_signer_get_public (signer);

  printf ("%s %s\n", seed, public_key);
}

static void
sign (char **words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) seed = tw_base64_decode (words[1]);
  g_autoptr (TwSigner) signer = tw_signer_new_from_seed (g_bytes_get_data (seed, NULL));
  g_autoptr (JsonNode) node = tw_json_parse (words[4], -1, &error);
  g_autoptr (TwCommand) command =
    node != NULL ? tw_command_decode (json_node_get_object (node), &error) : NULL;
  g_autofree char *text = NULL;
  g_autofree char *signature = NULL;

  if (command == NULL)
    g_error ("%s", error->message);
  text =
    tw_command_get_signing_text (command, strcmp (words[2], "-") == 0 ? "" : words[2], words[3]);
  signature = tw_signer_sign (signer, text, strlen (text));
  printf ("%s\n", signature);
}

int
main (void)
{
  char *line = NULL;
  size_t room = 0;

  while (getline (&line, &room, stdin) > 0)
    {
      g_auto (GStrv) words = g_strsplit (g_strchomp (line), " ", 5);

      if (strcmp (words[0], "key") == 0)
        make_key ();
      else if (g_strv_length (words) == 5)
        sign (words);
      fflush (stdout);
    }
  free (line);
  return 0;
}

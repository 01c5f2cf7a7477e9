// SPDX-License-Identifier: GPL-3.0-or-later
/* A page on the disk, 4096 bytes:
 *
 *      0        4048     4072   4088        4096
 *      | sealed | nonce  | tag  | file's id |
 *
 * XChaCha20-Poly1305; authenticated with it: the kind of file, the page's number and, in a log, the
 * size field that makes a frame a commit. The nonce is random but for its lowest bit, which says
 * that a log's frame starts a transaction. The key is derived from the master key, the file's
 * random id and the kind of file, so a page is of no use in another file or in another place of the
 * same.
 *
 * Page 1 of a database has SQLite's magic replaced by the id (8 bytes) and a check value (8 bytes,
 * a keyed hash of the id): a plain SQLite can't open it, and a wrong key is told from damage. The
 * key is wrong if no copy of the id at hand (head and tail of page 1, tail of page 2) fits it,
 * neither by the check value nor by opening a page. Any single damage leaves one that fits.
 *
 * VACUUM INTO, backup and ATTACH make files with ids of their own, since they write page by page.
 * To SQLite the reserved bytes are always zero: it sums them in the log. */
#include "db/tw-vfs-private.h"

#include "base/tw-random.h"

static const char sqlite_magic[HEAD_BYTES] = "SQLite format 3";

#define KEY_BYTES crypto_aead_xchacha20poly1305_ietf_KEYBYTES

static void
derive (TwVfs *vfs, const guint8 id[FILE_ID_BYTES], const char *purpose, guint8 *out, gsize length)
{
  guint8 salt[crypto_generichash_blake2b_SALTBYTES] = { 0 };
  guint8 personal[crypto_generichash_blake2b_PERSONALBYTES] = { 0 };

  memcpy (salt, id, FILE_ID_BYTES);
  memcpy (personal, purpose, MIN (strlen (purpose), sizeof personal));
  if (crypto_generichash_blake2b_salt_personal (out, length, NULL, 0, vfs->master, KEY_BYTES, salt,
                                                personal) != 0)
    g_error ("BLAKE2b refused its parameters");
}

static void
use_id (TwVfsFile *main, const guint8 id[FILE_ID_BYTES])
{
  static const char *const purposes[N_KINDS] = { "tw-page-main", "tw-page-wal", "tw-page-journal" };

  memcpy (main->id, id, FILE_ID_BYTES);
  for (int kind = 0; kind < N_KINDS; kind++)
    derive (main->vfs, id, purposes[kind], main->keys + kind * KEY_BYTES, KEY_BYTES);
  derive (main->vfs, id, "tw-page-check", main->keys + N_KINDS * KEY_BYTES, KEY_BYTES);
  memcpy (main->check, main->keys + N_KINDS * KEY_BYTES, sizeof main->check);
}

static gboolean
opens (TwVfsFile *main, guint32 number, const guint8 *sealed)
{
  guint8 plain[PAGE];
  TwVfsPlace place = { KIND_MAIN, number, 0, FALSE };
  gboolean fits = tw_vfs_page_open (main, &place, sealed, plain);

  sodium_memzero (plain, sizeof plain);
  return fits;
}

/* Finds out whose file it is. SQLITE_OK, or SQLITE_EMPTY: there is nothing yet; SQLITE_NOTADB: not
 * encrypted; SQLITE_IOERR_AUTH: the key doesn't fit; SQLITE_IOERR_DATA: too short to say. */
int
tw_vfs_identify (TwVfsFile *main)
{
  guint8 pages[2][PAGE];
  const guint8 *ids[] = { pages[0], pages[0] + FILE_ID_AT, pages[1] + FILE_ID_AT };
  gint64 size = 0;
  int rc = tw_vfs_real_size (main, &size);

  if (rc != SQLITE_OK)
    return rc;
  if (size == 0)
    return SQLITE_EMPTY;
  memset (pages, 0, sizeof pages);
  for (int i = 0; i < 2 && size > i * PAGE; i++)
    {
      rc = tw_vfs_real_read (main, pages[i], PAGE, i * PAGE);
      if (rc != SQLITE_OK && rc != SQLITE_IOERR_SHORT_READ)
        return rc;
    }
  if (memcmp (pages[0], sqlite_magic, HEAD_BYTES) == 0)
    return SQLITE_NOTADB;
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      use_id (main, ids[i]);
      main->id_known =
        sodium_memcmp (pages[0] + FILE_ID_BYTES, main->check, sizeof main->check) == 0 ||
        opens (main, 1, pages[0]) || opens (main, 2, pages[1]);
      if (main->id_known)
        return SQLITE_OK;
    }
  return size < PAGE ? SQLITE_IOERR_DATA : SQLITE_IOERR_AUTH;
}

int
tw_vfs_identify_or_create (TwVfsFile *main)
{
  guint8 id[FILE_ID_BYTES];
  int rc;

  if (main->id_known)
    return SQLITE_OK;
  rc = tw_vfs_identify (main);
  if (rc != SQLITE_EMPTY)
    return rc;
  randombytes_buf (id, sizeof id);
  use_id (main, id);
  main->id_known = TRUE;
  return SQLITE_OK;
}

static int
associated_data (const TwVfsPlace *place, guint8 out[9])
{
  out[0] = (guint8) place->kind;
  tw_vfs_put_u32 (out + 1, place->number);
  tw_vfs_put_u32 (out + 5, place->commit_size);
  return 9;
}

static gboolean
has_head (const TwVfsPlace *place)
{
  return place->kind == KIND_MAIN && place->number == 1;
}

/* XChaCha20-Poly1305 is ChaCha20-Poly1305 (RFC 8439) under a key that HChaCha20 makes of the key
 * and the first 16 bytes of the nonce (draft-irtf-cfrg-xchacha-03). The inner one is done by
 * OpenSSL, which takes two thirds of libsodium's time for a page. */
static gboolean
run_cipher (TwVfsFile *main,
            const TwVfsPlace *place,
            gboolean seals,
            const guint8 *nonce,
            guint8 *tag,
            const guint8 *in,
            guint8 *out,
            int length)
{
  EVP_CIPHER_CTX *cipher = main->cipher;
  guint8 key[KEY_BYTES];
  guint8 inner[INNER_NONCE_BYTES] = { 0 };
  guint8 data[9];
  int data_length = associated_data (place, data);
  gboolean done;
  int n = 0;

  crypto_core_hchacha20 (key, nonce, main->keys + place->kind * KEY_BYTES, NULL);
  memcpy (inner + INNER_NONCE_BYTES - 8, nonce + crypto_core_hchacha20_INPUTBYTES, 8);
  done = EVP_CipherInit_ex2 (cipher, NULL, key, inner, seals, NULL) == 1 &&
         (seals || EVP_CIPHER_CTX_ctrl (cipher, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES, tag) == 1) &&
         EVP_CipherUpdate (cipher, NULL, &n, data, data_length) == 1 &&
         EVP_CipherUpdate (cipher, out, &n, in, length) == 1 &&
         EVP_CipherFinal_ex (cipher, out + n, &n) == 1 &&
         (!seals || EVP_CIPHER_CTX_ctrl (cipher, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, tag) == 1);
  sodium_memzero (key, sizeof key);
  /* What came out before the tag was looked at is nobody's to see. */
  if (!done)
    sodium_memzero (out, (gsize) length);
  return done;
}

/* @sealed and @plain are whole pages and must not overlap. */
void
tw_vfs_page_seal (TwVfsFile *file, const TwVfsPlace *place, const guint8 *plain, guint8 *sealed)
{
  TwVfsFile *main = file->main;
  gsize head = has_head (place) ? HEAD_BYTES : 0;

  tw_random_nonce (sealed + NONCE_AT);
  sealed[NONCE_AT] = (sealed[NONCE_AT] & 0xfe) | (place->starts ? 1 : 0);
  if (!run_cipher (main, place, TRUE, sealed + NONCE_AT, sealed + TAG_AT, plain + head,
                   sealed + head, (int) (BODY - head)))
    g_error ("ChaCha20-Poly1305 refused its parameters");
  memcpy (sealed + FILE_ID_AT, main->id, FILE_ID_BYTES);
  if (head > 0)
    {
      memcpy (sealed, main->id, FILE_ID_BYTES);
      memcpy (sealed + FILE_ID_BYTES, main->check, sizeof main->check);
    }
}

gboolean
tw_vfs_page_starts (const guint8 *sealed)
{
  return (sealed[NONCE_AT] & 1) != 0;
}

/* FALSE if anything at all is not as it was written; @plain is undefined then. */
gboolean
tw_vfs_page_open (TwVfsFile *file, const TwVfsPlace *place, const guint8 *sealed, guint8 *plain)
{
  TwVfsFile *main = file->main;
  gsize head = has_head (place) ? HEAD_BYTES : 0;
  guint8 tag[TAG_BYTES];

  if (memcmp (sealed + FILE_ID_AT, main->id, FILE_ID_BYTES) != 0)
    return FALSE;
  if (head > 0 && (memcmp (sealed, main->id, FILE_ID_BYTES) != 0 ||
                   memcmp (sealed + FILE_ID_BYTES, main->check, sizeof main->check) != 0))
    return FALSE;
  memcpy (tag, sealed + TAG_AT, TAG_BYTES);
  if (!run_cipher (main, place, FALSE, sealed + NONCE_AT, tag, sealed + head, plain + head,
                   (int) (BODY - head)))
    return FALSE;
  memcpy (plain, sqlite_magic, head);
  memset (plain + BODY, 0, RESERVED);
  return TRUE;
}

/* SQLite must have left us our bytes, and must have noted so on page 1: a page copied from a plain
 * file has not, and would come back different from what was summed. */
gboolean
tw_vfs_page_is_writable (const guint8 *plain, guint32 number)
{
  if (!sodium_is_zero (plain + BODY, RESERVED))
    return FALSE;
  if (number != 1)
    return TRUE;
  return memcmp (plain, sqlite_magic, HEAD_BYTES) == 0 && plain[16] == PAGE >> 8 &&
         plain[17] == 0 && plain[20] == RESERVED;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tw-test-disk.h"

#include <string.h>

G_BEGIN_DECLS

/* One write that no sync has covered yet. */
typedef struct
{
  gint64 offset;
  GBytes *data; /* NULL: a truncation to @offset */
} Pending;

typedef struct
{
  GByteArray *now;     /* what a reader sees */
  GByteArray *durable; /* what survives, before @pending */
  GPtrArray *pending;
} Content;

/* What becomes of pending writes when the power goes. Drawn for each: 2 and 3 are both whole. */
typedef enum
{
  TW_TEST_SETTLE_LOST,
  TW_TEST_SETTLE_TORN, /* sectors are whole, but any of them may be missing */
  TW_TEST_SETTLE_WHOLE,
  TW_TEST_SETTLE_EACH = 4, /* each its own way */
} TwTestSettle;

extern GHashTable *tw_test_disk_contents; /* of Content by name */
extern int tw_test_disk_accesses_left;
extern gboolean tw_test_disk_failed;

Content *tw_test_content_new (void);
void tw_test_content_free (gpointer content);
void tw_test_content_put (GByteArray *array, gint64 offset, const void *data, gsize length);
void tw_test_content_copy (GByteArray *to, const GByteArray *from);
void tw_test_content_settle (Content *content, TwTestSettle how, GRand *rand);
TwTestSettle tw_test_settle_draw (guint of_six);

G_END_DECLS

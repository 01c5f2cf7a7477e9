// SPDX-License-Identifier: GPL-3.0-or-later
/* What the tests of the client's rooms share. */
#pragma once

#include <gio/gio.h>

#include "model/tw-object.h"
#include "protocol/tw-feed-page.h"

G_BEGIN_DECLS

/* Nothing in these tests may take longer; a machine under load gets what it needs. */
#define TW_TEST_DEADLINE_S 60

char *tw_test_folder_new (void);
void tw_test_folder_remove (char *folder);

typedef gboolean (*TwTestCondition) (gpointer data);
gboolean tw_test_wait (TwTestCondition condition, gpointer data);
void tw_test_wait_or_fail (TwTestCondition condition, gpointer data, const char *what);
void tw_test_spin_ms (guint ms);

/* An answer that a callback puts here and a test waits for. */
void tw_test_take_result (GObject *source, GAsyncResult *result, gpointer user_data);
GAsyncResult *tw_test_wait_result (GAsyncResult **slot);

void tw_test_put (TwFeedPage *page, const char *scope, gint64 seq, TwObject *object);
void tw_test_withdraw (
  TwFeedPage *page, const char *scope, gint64 seq, const char *type, const char *id);

G_END_DECLS

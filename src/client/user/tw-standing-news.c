// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/tw-standing-news.h"

#include <glib/gi18n-lib.h>

#include "base/tw-clock.h"
#include "base/tw-money.h"
#include "client/user/tw-standing-outlook.h"

/**
 * TwStandingNews:
 *
 * Tells what a standing order is about to do, and what it could not do, whatever page is in front:
 * each thing once, also after a restart; that something is missing, once more on the eve.
 *
 * - news (char *id, char *title, char *words, char *page, char *arg): as of #TwPaymentNews
 */
struct _TwStandingNews
{
  GObject parent_instance;

  TwClient *client;
  guint idle;
};

G_DEFINE_FINAL_TYPE (TwStandingNews, tw_standing_news, G_TYPE_OBJECT)

static guint news;

/* What failed longer ago is no news: a new computer reads of it too. */
#define LATEST_DAYS 7

/* Of the same day a later one is told after an earlier one, and never the other way round. */
typedef enum
{
  LEVEL_NONE,
  LEVEL_SOON,
  LEVEL_SHORT,
  LEVEL_SHORT_ON_THE_EVE,
  LEVEL_RETRYING,
  LEVEL_FAILED,
} Level;

static Level
find_level (TwStanding *standing, TwStandingOutlook outlook)
{
  int today = tw_clock_today ();
  gboolean is_eve = tw_standing_get_next_day (standing) <= today + 1;

  switch (outlook.notice)
    {
    case TW_STANDING_NOTICE_SOON:
      return LEVEL_SOON;
    case TW_STANDING_NOTICE_SHORT:
      return outlook.missing_fen == 0 ? LEVEL_SOON : is_eve ? LEVEL_SHORT_ON_THE_EVE : LEVEL_SHORT;
    case TW_STANDING_NOTICE_RETRYING:
      return LEVEL_RETRYING;
    case TW_STANDING_NOTICE_FAILED:
      return tw_clock_day_of_ms (tw_standing_get_last_at_ms (standing)) + LATEST_DAYS >= today
               ? LEVEL_FAILED
               : LEVEL_NONE;
    case TW_STANDING_NOTICE_NONE:
    default:
      return LEVEL_NONE;
    }
}

/* Writes it down. Returns whether it was not told yet. */
static gboolean
note (TwStandingNews *self, TwStanding *standing, Level level)
{
  g_autofree char *key =
    g_strconcat ("standing-told/", tw_object_get_id (TW_OBJECT (standing)), NULL);
  const char *before = tw_client_get_draft (self->client, key);
  gint64 day = level == LEVEL_FAILED ? tw_clock_day_of_ms (tw_standing_get_last_at_ms (standing))
                                     : tw_standing_get_next_day (standing);
  g_autofree char *mark = g_strdup_printf ("%" G_GINT64_FORMAT " %d", day, (int) level);
  char *end;

  if (before != NULL && g_ascii_strtoll (before, &end, 10) == day &&
      g_ascii_strtoll (end, NULL, 10) >= (gint64) level)
    return FALSE;
  tw_client_set_draft (self->client, key, mark);
  return TRUE;
}

/* (transfer full) */
static char *
make_title (TwStanding *standing, Level level)
{
  g_autofree char *amount = tw_money_format (tw_standing_get_amount_fen (standing));
  const char *payee = tw_standing_get_payee_name (standing);

  switch (level)
    {
    case LEVEL_FAILED:
      /* Translators: an amount and who gets it, here and below */
      return g_strdup_printf (_ ("Not paid: %s to %s"), amount, payee);
    case LEVEL_RETRYING:
      return g_strdup_printf (_ ("Not paid yet: %s to %s"), amount, payee);
    case LEVEL_SHORT:
    case LEVEL_SHORT_ON_THE_EVE:
      return g_strdup_printf (_ ("Balance too small: %s to %s"), amount, payee);
    case LEVEL_SOON:
    case LEVEL_NONE:
    default:
      return g_strdup_printf (_ ("Paid soon: %s to %s"), amount, payee);
    }
}

static void
tell (TwStandingNews *self, TwStanding *standing, Level level, TwStandingOutlook outlook)
{
  const char *id = tw_object_get_id (TW_OBJECT (standing));
  g_autofree char *title = make_title (standing, level);
  g_autofree char *about = tw_standing_outlook_describe (standing, outlook);
  g_autofree char *words = g_strdup_printf ("%s\n%s", _ ("Standing order"), about);

  g_signal_emit (self, news, 0, id, title, words, "standing", id);
}

/**
 * tw_standing_news_look:
 * @self: somebody who tells
 *
 * Looks whether there is anything new to tell: a new day has begun.
 */
void
tw_standing_news_look (TwStandingNews *self)
{
  GListModel *standings = G_LIST_MODEL (tw_client_get_list (self->client, "standing"));

  /* What is stored may be over: nothing is told before the service has been heard. */
  if (tw_status_get_connection (tw_client_get_status (self->client)) != TW_CONNECTION_ONLINE)
    return;
  for (guint i = 0; i < g_list_model_get_n_items (standings); i++)
    {
      g_autoptr (TwStanding) standing = g_list_model_get_item (standings, i);
      TwStandingOutlook outlook = tw_standing_outlook_find (self->client, standing);
      Level level = find_level (standing, outlook);

      if (level != LEVEL_NONE && note (self, standing, level))
        tell (self, standing, level, outlook);
    }
}

static gboolean
on_idle (gpointer data)
{
  TwStandingNews *self = TW_STANDING_NEWS (data);

  self->idle = 0;
  tw_standing_news_look (self);
  return G_SOURCE_REMOVE;
}

/* The order and the wallet come one after the other. */
static void
look_soon (TwStandingNews *self)
{
  if (self->idle == 0)
    self->idle = g_idle_add (on_idle, self);
}

static void
tw_standing_news_dispose (GObject *object)
{
  TwStandingNews *self = TW_STANDING_NEWS (object);

  g_clear_handle_id (&self->idle, g_source_remove);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (tw_standing_news_parent_class)->dispose (object);
}

static void
tw_standing_news_class_init (TwStandingNewsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_standing_news_dispose;
  news = g_signal_new ("news", TW_TYPE_STANDING_NEWS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, 5, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING,
                       G_TYPE_STRING);
}

static void
tw_standing_news_init (TwStandingNews *self)
{
}

/**
 * tw_standing_news_new:
 * @client: (transfer none): the program
 *
 * Returns: (transfer full): somebody who tells for as long as they are held
 */
TwStandingNews *
tw_standing_news_new (TwClient *client)
{
  static const char *const lists[] = { "standing", "wallet" };
  static const char *const signals[] = { "updated", "items-changed" };
  TwStandingNews *self = g_object_new (TW_TYPE_STANDING_NEWS, NULL);

  self->client = g_object_ref (client);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint j = 0; j < G_N_ELEMENTS (signals); j++)
      g_signal_connect_object (tw_client_get_list (client, lists[i]), signals[j],
                               G_CALLBACK (look_soon), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (tw_client_get_status (client), "notify::connection",
                           G_CALLBACK (look_soon), self, G_CONNECT_SWAPPED);
  look_soon (self);
  return self;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* The way to the counterpart, as tw-sim-net.c. Callbacks come back undisturbed, but for what the
 * counterpart itself does to them. */
#include "server/rails/tw-rail-call.h"
#include "tw-sim-threads.h"
#include "tw-sim.h"

#define LONGEST_DELAY_MS 400
#define LONGEST_DETOUR_MS 2500 /* of what arrives a second time */
#define LONGEST_WAY_MS 8000    /* of what arrives when nobody expects it any more */
#define LOOK_MS 50

GCancellable *__real_tw_rail_call (SoupSession *session,
                                   TwKey *key,
                                   const char *path,
                                   const char *body,
                                   guint timeout_ms,
                                   TwRailCalled called,
                                   gpointer user_data);
GCancellable *__wrap_tw_rail_call (SoupSession *session,
                                   TwKey *key,
                                   const char *path,
                                   const char *body,
                                   guint timeout_ms,
                                   TwRailCalled called,
                                   gpointer user_data);

/* A call to the counterpart, in the thread of the rails. */
typedef struct
{
  SoupSession *session;
  TwKey *key;
  char *path, *body;
  GCancellable *cancellable; /* the asker's */
  GCancellable *inner;       /* (nullable): of the real call, while it is under way */
  guint timeout_ms;
  gint64 deadline_us;
  TwRailCalled called; /* (nullable): nobody waits for it */
  gpointer user_data;
} Order;

static JsonObject *last_word; /* (nullable) */

static void
order_free (gpointer data)
{
  Order *order = data;

  g_object_unref (order->session);
  tw_key_unref (order->key);
  g_signal_handlers_disconnect_by_data (order->cancellable, order);
  g_object_unref (order->cancellable);
  g_free (order->path);
  g_free (order->body);
  g_free (order);
}

static void
later (guint ms, GSourceFunc func, Order *order, GDestroyNotify destroy)
{
  g_autoptr (GSource) source = g_timeout_source_new (ms);

  g_source_set_callback (source, func, order, destroy);
  g_source_attach (source, g_main_context_get_thread_default ());
}

/* Until the asker gives up, which it does at once when it is dead. */
static gboolean
on_silence (gpointer data)
{
  Order *order = data;

  if (order->deadline_us > tw_sim_now_us () && tw_sim_is_there (TW_SIM_SERVICE) &&
      !g_cancellable_is_cancelled (order->cancellable))
    return G_SOURCE_CONTINUE;
  if (order->called != NULL)
    order->called (0, NULL, order->user_data);
  return G_SOURCE_REMOVE;
}

static void
keep_silent (Order *order, guint ms)
{
  order->deadline_us = tw_sim_now_us () + ms * G_GINT64_CONSTANT (1000);
  later (MIN (ms, LOOK_MS), on_silence, order, order_free);
}

static void
on_word (guint status, JsonObject *json, gpointer user_data)
{
  Order *order = user_data;

  order->inner = NULL;
  if (order->called == NULL)
    {
      order_free (order);
      return;
    }
  if (status != 0)
    tw_sim_point (TW_SIM_COUNTERPART, "word leaves");
  if (tw_sim_nodes[TW_SIM_COUNTERPART].dead)
    status = 0;
  tw_sim_point (TW_SIM_SERVICE, "word comes");
  if (status != 0 && tw_sim_chance (tw_sim_faults.lose_word))
    {
      tw_sim_note ("the word about %s is lost", order->path);
      keep_silent (order, order->timeout_ms);
      return;
    }
  if (status != 0 && tw_sim_chance (tw_sim_faults.garble))
    {
      /* Cut short, or the one about some other order. */
      gboolean other = last_word != NULL && tw_sim_draw (2);

      tw_sim_note ("the word about %s is %s", order->path, other ? "another one" : "garbled");
      json = other ? last_word : NULL;
    }
  else if (json != NULL)
    {
      g_clear_pointer (&last_word, json_object_unref);
      last_word = json_object_ref (json);
    }
  order->called (status, status != 0 ? json : NULL, order->user_data);
  order_free (order);
}

static gboolean
place (gpointer data)
{
  Order *order = data;

  tw_sim_point (TW_SIM_COUNTERPART, "order comes");
  if (!tw_sim_is_there (TW_SIM_SERVICE) || tw_sim_nodes[TW_SIM_COUNTERPART].dead ||
      g_cancellable_is_cancelled (order->cancellable))
    keep_silent (order, 1);
  else
    order->inner = __real_tw_rail_call (order->session, order->key, order->path, order->body,
                                        order->timeout_ms, on_word, order);
  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable *cancellable, Order *order)
{
  if (order->inner != NULL)
    g_cancellable_cancel (order->inner);
}

static Order *
order_new (SoupSession *session, TwKey *key, const char *path, const char *body, guint timeout_ms)
{
  Order *order = g_new0 (Order, 1);

  order->session = g_object_ref (session);
  order->key = tw_key_ref (key);
  order->cancellable = g_cancellable_new ();
  g_signal_connect (order->cancellable, "cancelled", G_CALLBACK (on_cancelled), order);
  order->path = g_strdup (path);
  order->body = g_strdup (body);
  order->timeout_ms = timeout_ms;
  return order;
}

GCancellable *
__wrap_tw_rail_call (SoupSession *session,
                     TwKey *key,
                     const char *path,
                     const char *body,
                     guint timeout_ms,
                     TwRailCalled called,
                     gpointer user_data)
{
  Order *order = order_new (session, key, path, body, timeout_ms);

  order->called = called;
  order->user_data = user_data;
  tw_sim_point (TW_SIM_SERVICE, "order leaves");
  if (tw_sim_chance (tw_sim_faults.lose_order))
    {
      gboolean late = tw_sim_draw (2);

      tw_sim_note ("%s %s is %s", body != NULL ? "the order" : "the question", path,
                   late ? "late" : "lost");
      if (late)
        later (tw_sim_draw (LONGEST_WAY_MS), place,
               order_new (session, key, path, body, timeout_ms), NULL);
      keep_silent (order, timeout_ms);
      return order->cancellable;
    }
  if (tw_sim_chance (tw_sim_faults.order_twice))
    {
      tw_sim_note ("%s %s comes twice", body != NULL ? "the order" : "the question", path);
      later (tw_sim_draw (LONGEST_DETOUR_MS), place,
             order_new (session, key, path, body, timeout_ms), NULL);
    }
  if (tw_sim_chance (tw_sim_faults.delay))
    later (tw_sim_draw (LONGEST_DELAY_MS), place, order, NULL);
  else
    place (order);
  return order->cancellable;
}

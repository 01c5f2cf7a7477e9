// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/home/tw-standings-card.h"

#include "client/user/home/tw-standing-line.h"
#include "client/widgets/tw-fresh-list.h"
#include "client/widgets/tw-page.h"

/**
 * TwStandingsCard:
 *
 * The standing orders that are about to be paid, or could not be: as long as there is something to
 * know of them.
 */
struct _TwStandingsCard
{
  AdwBin parent_instance;

  GtkListBox *lines;
  GtkWidget *more;

  TwClient *client;      /* (nullable) */
  GListModel *standings; /* (nullable): of the client; tells what has changed inside too */
  GListModel *wallets;   /* (nullable): the same */
  char *shown;           /* (nullable): what the lines say */
};

G_DEFINE_FINAL_TYPE (TwStandingsCard, tw_standings_card, ADW_TYPE_BIN)

/* How many the page shows. */
#define MOST 3

/* (element-type TwStanding): what failed first, then what comes next. */
static int
compare (gconstpointer a, gconstpointer b)
{
  TwStanding *one = *(TwStanding *const *) a, *other = *(TwStanding *const *) b;
  gboolean one_failed = tw_standing_get_notice (one) == TW_STANDING_NOTICE_FAILED;
  gboolean other_failed = tw_standing_get_notice (other) == TW_STANDING_NOTICE_FAILED;
  gint64 day = tw_standing_get_next_day (one), other_day = tw_standing_get_next_day (other);

  if (one_failed != other_failed)
    return one_failed ? -1 : 1;
  if (day != other_day)
    return day < other_day ? -1 : 1;
  return g_strcmp0 (tw_object_get_id (TW_OBJECT (one)), tw_object_get_id (TW_OBJECT (other)));
}

/* (transfer full) (element-type TwStanding) */
static GPtrArray *
list_asking (TwStandingsCard *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (self->standings); i++)
    {
      g_autoptr (TwStanding) standing = g_list_model_get_item (self->standings, i);
      TwStandingOutlook outlook = tw_standing_outlook_find (self->client, standing);

      if (tw_standing_outlook_asks (self->client, standing, outlook))
        g_ptr_array_add (list, g_steal_pointer (&standing));
    }
  g_ptr_array_sort (list, compare);
  return list;
}

static void
say (GString *shown, TwStanding *standing, TwStandingOutlook outlook)
{
  g_autofree char *words = tw_standing_outlook_describe (standing, outlook);

  g_string_append_printf (shown, "%s %s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s\n",
                          tw_object_get_id (TW_OBJECT (standing)),
                          tw_standing_get_payee_name (standing),
                          tw_standing_get_amount_fen (standing), outlook.missing_fen, words);
}

/* Lines that say the same stay: the focus may be in them. */
static void
look (TwStandingsCard *self)
{
  g_autoptr (GPtrArray) asking = list_asking (self);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GString) shown = g_string_new (NULL);
  GtkWidget *child;

  for (guint i = 0; i < MIN (asking->len, MOST); i++)
    {
      TwStanding *standing = g_ptr_array_index (asking, i);
      TwStandingOutlook outlook = tw_standing_outlook_find (self->client, standing);

      say (shown, standing, outlook);
      g_ptr_array_add (lines,
                       g_object_ref_sink (tw_standing_line_new (self->client, standing, outlook)));
    }
  gtk_widget_set_visible (GTK_WIDGET (self), asking->len > 0);
  gtk_widget_set_visible (self->more, asking->len > MOST);
  if (g_strcmp0 (self->shown, shown->str) == 0)
    return;
  g_free (self->shown);
  self->shown = g_strdup (shown->str);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->lines))) != NULL)
    gtk_list_box_remove (self->lines, child);
  for (guint i = 0; i < lines->len; i++)
    gtk_list_box_append (self->lines, g_ptr_array_index (lines, i));
}

static void
on_activated (TwStandingsCard *self, GtkListBoxRow *row)
{
  TwStanding *standing = tw_standing_line_get_standing (TW_STANDING_LINE (row));

  tw_page_go (self, "standing", tw_object_get_id (TW_OBJECT (standing)));
}

static void
tw_standings_card_dispose (GObject *object)
{
  TwStandingsCard *self = TW_STANDINGS_CARD (object);

  g_clear_object (&self->standings);
  g_clear_object (&self->wallets);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (tw_standings_card_parent_class)->dispose (object);
}

static void
tw_standings_card_finalize (GObject *object)
{
  g_free (TW_STANDINGS_CARD (object)->shown);
  G_OBJECT_CLASS (tw_standings_card_parent_class)->finalize (object);
}

static void
tw_standings_card_class_init (TwStandingsCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_standings_card_dispose;
  G_OBJECT_CLASS (klass)->finalize = tw_standings_card_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/standings-card.ui");
  gtk_widget_class_bind_template_child (widget_class, TwStandingsCard, lines);
  gtk_widget_class_bind_template_child (widget_class, TwStandingsCard, more);
  gtk_widget_class_bind_template_callback (widget_class, on_activated);
}

static void
tw_standings_card_init (TwStandingsCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static GListModel *
watch (TwStandingsCard *self, const char *type)
{
  GListModel *list =
    g_object_new (TW_TYPE_FRESH_LIST, "model", tw_client_get_list (self->client, type), NULL);

  g_signal_connect_object (list, "items-changed", G_CALLBACK (look), self, G_CONNECT_SWAPPED);
  return list;
}

/**
 * tw_standings_card_watch:
 * @self: a card
 * @client: (transfer none): the program; once for each card
 *
 * Shows what of @client's standing orders asks for attention, from now on.
 */
void
tw_standings_card_watch (TwStandingsCard *self, TwClient *client)
{
  g_return_if_fail (self->client == NULL);

  self->client = g_object_ref (client);
  self->standings = watch (self, "standing");
  self->wallets = watch (self, "wallet");
  /* There may be many of them, and of each only whether it is there matters, and how it ended. */
  g_signal_connect_object (tw_client_get_list (client, "payment"), "items-changed",
                           G_CALLBACK (look), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (tw_client_get_list (client, "payment"), "updated", G_CALLBACK (look),
                           self, G_CONNECT_SWAPPED);
  look (self);
}

/**
 * tw_standings_card_look:
 * @self: a card that watches
 *
 * Looks again: the page is in front again, or a new day has begun.
 */
void
tw_standings_card_look (TwStandingsCard *self)
{
  look (self);
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/tw-refusal-box.h"

#include <glib/gi18n-lib.h>

#include "base/tw-money.h"
#include "client/widgets/tw-page.h"
#include "protocol/tw-refusal.h"

/**
 * TwRefusalBox:
 *
 * Why something did not happen, in plain words, and what would help, as a button.
 *
 * - again: emitted when the person wants to look and try once more: the page knows how
 */
struct _TwRefusalBox
{
  GtkBox parent_instance;

  GtkLabel *words;
  GtkButton *help;
  GtkButton *support;

  const char *remedy;
  gint64 missing_fen;
};

G_DEFINE_FINAL_TYPE (TwRefusalBox, tw_refusal_box, GTK_TYPE_BOX)

static guint again;

/* One remedy, one button; what only a person or time can mend has none. */
static const struct
{
  const char *remedy;
  const char *label;
} REMEDIES[] = {
  { TW_REMEDY_EDIT, N_ ("Change it") },
  { TW_REMEDY_TOP_UP, N_ ("Top up %s") },
  { TW_REMEDY_LOOK_AGAIN, N_ ("Look at it again") },
  { TW_REMEDY_RETRY, N_ ("Try again") },
  { TW_REMEDY_SIGN_IN, N_ ("Sign in again") },
  { TW_REMEDY_IDENTITY, N_ ("See your identity check") },
  { TW_REMEDY_CLOCK, N_ ("Try again") },
};

static char *
label_for (const char *remedy, gint64 missing_fen)
{
  for (gsize i = 0; i < G_N_ELEMENTS (REMEDIES); i++)
    if (g_strcmp0 (REMEDIES[i].remedy, remedy) == 0)
      {
        if (g_str_equal (remedy, TW_REMEDY_TOP_UP))
          {
            g_autofree char *amount = tw_money_format (missing_fen);

            return g_strdup_printf (_ ("Top up %s"), amount);
          }
        return g_strdup (_ (REMEDIES[i].label));
      }
  return NULL;
}

static void
on_help_clicked (TwRefusalBox *self)
{
  if (g_strcmp0 (self->remedy, TW_REMEDY_TOP_UP) == 0)
    {
      g_autofree char *fen = g_strdup_printf ("%" G_GINT64_FORMAT, self->missing_fen);

      tw_page_go (self, "wallet", fen);
    }
  else if (g_strcmp0 (self->remedy, TW_REMEDY_IDENTITY) == 0)
    tw_page_go (self, "account", "");
  else if (g_strcmp0 (self->remedy, TW_REMEDY_SIGN_IN) == 0)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.sign-out", NULL);
  else
    g_signal_emit (self, again, 0);
}

static void
tw_refusal_box_class_init (TwRefusalBoxClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  again = g_signal_new ("again", TW_TYPE_REFUSAL_BOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                        G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/refusal-box.ui");
  gtk_widget_class_bind_template_child (widget_class, TwRefusalBox, words);
  gtk_widget_class_bind_template_child (widget_class, TwRefusalBox, help);
  gtk_widget_class_bind_template_child (widget_class, TwRefusalBox, support);
  gtk_widget_class_bind_template_callback (widget_class, on_help_clicked);
}

static void
tw_refusal_box_init (TwRefusalBox *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * tw_refusal_box_tell:
 * @self: a refusal box
 * @code: (nullable): why, a code of protocol/tw-refusal.h; %NULL hides the box
 * @words: (nullable): what the service said, for a code that this version does not know
 * @remedy: (nullable): what would help; %NULL: what the code's row says
 * @missing_fen: for `top_up`, how much is missing, in fen
 */
void
tw_refusal_box_tell (
  TwRefusalBox *self, const char *code, const char *words, const char *remedy, gint64 missing_fen)
{
  const TwRefusal *row = code != NULL ? tw_refusal_find (code) : NULL;
  g_autofree char *label = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self), code != NULL);
  if (code == NULL)
    return;
  if (remedy == NULL || *remedy == '\0')
    remedy = row != NULL ? row->remedy : TW_REMEDY_SUPPORT;
  self->remedy = g_intern_string (remedy);
  self->missing_fen = missing_fen;
  gtk_label_set_label (self->words,
                       tw_refusal_get_words (code, words != NULL && *words != '\0'
                                                     ? words
                                                     : _ ("It did not work. Nothing was moved.")));
  label = label_for (remedy, missing_fen);
  gtk_widget_set_visible (GTK_WIDGET (self->help), label != NULL);
  if (label != NULL)
    gtk_button_set_label (self->help, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  gtk_label_get_label (self->words), -1);
}

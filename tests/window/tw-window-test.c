// SPDX-License-Identifier: GPL-3.0-or-later
#include "tw-window-test.h"

#include <string.h>

#define DEADLINE_MS 30000

#ifdef __SANITIZE_ADDRESS__
/* The table of GLib's quarks has 2048 places, and is left behind when it becomes too small, as
 * somebody may just be reading it; both windows have names for more. The quick unwinder can't name
 * it, so that blocks of just its size are held here. */
static const volatile void *quark_tables[64];

void __sanitizer_malloc_hook (const volatile void *block, size_t size);

void
__sanitizer_malloc_hook (const volatile void *block, size_t size)
{
  static guint n;

  if (size == 2048 * sizeof (char *) && n < G_N_ELEMENTS (quark_tables))
    quark_tables[n++] = block;
}
#endif

static AdwApplication *app;
static TwWindowNew new_window;

/* Which of the windows is opened from now on. */
void
tw_window_test_use (TwWindowNew window_new)
{
  new_window = window_new;
}

/* @window_new: which of the windows is tested. */
void
tw_window_test_init (int *argc, char ***argv, TwWindowNew window_new)
{
  g_autoptr (GError) error = NULL;

  tw_window_test_use (window_new);
  gtk_test_init (argc, argv, NULL);
  app =
    g_object_new (ADW_TYPE_APPLICATION, "application-id", "org.taxwallet.WindowTest", "flags",
                  G_APPLICATION_NON_UNIQUE, "resource-base-path", "/org/taxwallet/TaxWallet", NULL);
  g_application_register (G_APPLICATION (app), NULL, &error);
  g_assert_no_error (error);
}

/* Lets everything that is ready happen. */
void
tw_spin (void)
{
  for (int i = 0; i < 1000 && g_main_context_iteration (NULL, FALSE); i++)
    ;
}

static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

gboolean
tw_wait_until (Condition condition, gpointer data)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_MS * 1000;
  guint tick = g_timeout_add (20, on_tick, NULL);
  gboolean met;

  while (!(met = condition (data)) && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
  return met;
}

/* The window over the client that is there by now. */
void
tw_window_test_open (Fixture *fixture)
{
  fixture->window = new_window (app, TW_CLIENT (fixture->client));
  gtk_window_present (fixture->window);
  tw_spin ();
}

void
tw_window_test_set_up (Fixture *fixture, gconstpointer data)
{
  fixture->client = tw_fake_client_new ();
  if (data != NULL)
    {
      tw_fake_client_fill (fixture->client, 300);
      tw_fake_client_set_signed_in (fixture->client, TRUE);
    }
  tw_window_test_open (fixture);
}

static gboolean
has_gone (gpointer data)
{
  return *(gpointer *) data == NULL;
}

/* The window must go when it is closed: whatever holds it holds a person's data. */
static void
close_window (Fixture *fixture)
{
  g_object_add_weak_pointer (G_OBJECT (fixture->window), (gpointer *) &fixture->window);
  gtk_window_destroy (fixture->window);
  g_assert_true (tw_wait_until (has_gone, &fixture->window));
}

void
tw_window_test_tear_down (Fixture *fixture, gconstpointer data)
{
  close_window (fixture);
  /* A question to the store may still be on its way; then nobody may hold the program. */
  g_object_add_weak_pointer (G_OBJECT (fixture->client), (gpointer *) &fixture->client);
  g_object_unref (fixture->client);
  g_assert_true (tw_wait_until (has_gone, &fixture->client));
}

/* Closes the window and opens it again: the drafts are what lasts. */
void
tw_window_test_restart (Fixture *fixture)
{
  close_window (fixture);
  tw_window_test_open (fixture);
}

void
tw_go (Fixture *fixture, const char *page, const char *arg)
{
  g_assert_true (
    gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.go", "(ss)", page, arg));
  tw_spin ();
}

void
tw_do (Fixture *fixture, const char *action)
{
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), action, NULL);
  tw_spin ();
}

typedef gboolean (*Match) (GtkWidget *widget, gconstpointer what);

/* Only what is on the screen counts. */
static GtkWidget *
find (GtkWidget *root, Match match, gconstpointer what)
{
  if (!gtk_widget_get_mapped (root))
    return NULL;
  if (match (root, what))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, match, what);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static gboolean
is_type (GtkWidget *widget, gconstpointer what)
{
  return G_TYPE_CHECK_INSTANCE_TYPE (widget, *(const GType *) what);
}

GtkWidget *
tw_find_type (gpointer root, GType type)
{
  return find (root, is_type, &type);
}

static gboolean
has_text (GtkWidget *widget, gconstpointer what)
{
  return GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), what) != NULL;
}

GtkWidget *
tw_find_text (gpointer root, const char *text)
{
  return find (root, has_text, text);
}

static gboolean
is_button (GtkWidget *widget, gconstpointer what)
{
  return GTK_IS_BUTTON (widget) &&
         g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), what) == 0;
}

GtkWidget *
tw_find_button (gpointer root, const char *label)
{
  return find (root, is_button, label);
}

static gboolean
is_entry (GtkWidget *widget, gconstpointer what)
{
  return ADW_IS_ENTRY_ROW (widget) &&
         g_strcmp0 (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), what) == 0;
}

GtkWidget *
tw_find_entry (gpointer root, const char *title)
{
  return find (root, is_entry, title);
}

gboolean
tw_shows (Fixture *fixture, const char *text)
{
  return tw_find_text (fixture->window, text) != NULL;
}

typedef struct
{
  Fixture *fixture;
  const char *text;
} Sight;

static gboolean
is_shown (gpointer data)
{
  Sight *sight = data;

  return tw_shows (sight->fixture, sight->text);
}

static gboolean
is_gone (gpointer data)
{
  return !is_shown (data);
}

void
tw_wait_shows (Fixture *fixture, const char *text)
{
  Sight sight = { fixture, text };

  if (!tw_wait_until (is_shown, &sight))
    g_error ("“%s” did not appear", text);
}

void
tw_wait_gone (Fixture *fixture, const char *text)
{
  Sight sight = { fixture, text };

  if (!tw_wait_until (is_gone, &sight))
    g_error ("“%s” did not go", text);
}

void
tw_click (gpointer root, const char *label)
{
  GtkWidget *button = tw_find_button (root, label);

  if (button == NULL)
    g_error ("There is no button “%s”", label);
  g_assert_true (gtk_widget_is_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
  tw_spin ();
}

void
tw_type (gpointer root, const char *title, const char *text)
{
  GtkWidget *entry = tw_find_entry (root, title);

  if (entry == NULL)
    g_error ("There is no field “%s”", title);
  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  tw_spin ();
}

gint64
tw_body_int (TwOutgoing *outgoing, const char *name)
{
  gint64 value = -1;

  g_assert_true (g_variant_lookup (tw_outgoing_get_body (outgoing), name, "x", &value));
  return value;
}

const char *
tw_body_text (TwOutgoing *outgoing, const char *name)
{
  const char *value = NULL;

  g_assert_true (g_variant_lookup (tw_outgoing_get_body (outgoing), name, "&s", &value));
  return value;
}

static gboolean
is_narrow (gpointer data)
{
  return gtk_widget_get_width (GTK_WIDGET (data)) <= TW_NARROWEST;
}

/* As narrow as the screen of a phone. */
void
tw_make_narrow (Fixture *fixture)
{
  gtk_window_set_default_size (fixture->window, TW_NARROWEST, 640);
  g_assert_true (tw_wait_until (is_narrow, fixture->window));
}

void
tw_assert_fits_narrow (Fixture *fixture, const char *page)
{
  int min = 0;

  gtk_widget_measure (GTK_WIDGET (fixture->window), GTK_ORIENTATION_HORIZONTAL, -1, &min, NULL,
                      NULL, NULL);
  if (min > TW_NARROWEST)
    g_error ("%s needs %d px", page, min);
}

/* A button with nothing but a picture says its name to a screen reader. */
void
tw_assert_named (GtkWidget *widget, const char *page)
{
  if (!gtk_widget_get_mapped (widget) || GTK_IS_WINDOW_CONTROLS (widget))
    return;
  if ((GTK_IS_BUTTON (widget) || GTK_IS_MENU_BUTTON (widget)) &&
      tw_find_type (widget, GTK_TYPE_LABEL) == NULL && !ADW_IS_ENTRY_ROW (widget) &&
      gtk_widget_get_ancestor (widget, ADW_TYPE_ENTRY_ROW) == NULL &&
      !GTK_IS_MENU_BUTTON (gtk_widget_get_parent (widget)) &&
      !gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL))
    g_error ("A button on %s has no name", page);
  if ((GTK_IS_TEXT_VIEW (widget) || GTK_IS_DROP_DOWN (widget) || GTK_IS_LIST_VIEW (widget)) &&
      gtk_widget_get_ancestor (widget, GTK_TYPE_POPOVER) == NULL &&
      gtk_widget_get_ancestor (widget, ADW_TYPE_COMBO_ROW) == NULL &&
      !gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL))
    g_error ("%s on %s has no name", G_OBJECT_TYPE_NAME (widget), page);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    tw_assert_named (child, page);
}

static void
on_painted (gboolean *painted)
{
  *painted = TRUE;
}

static gboolean
is_set (gpointer data)
{
  return *(gboolean *) data;
}

/* Until the window has been laid out and drawn once more. */
void
tw_wait_frame (Fixture *fixture)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (fixture->window));
  gboolean painted = FALSE;
  gulong handler =
    g_signal_connect_swapped (clock, "after-paint", G_CALLBACK (on_painted), &painted);

  gtk_widget_queue_resize (GTK_WIDGET (fixture->window));
  g_assert_true (tw_wait_until (is_set, &painted));
  g_signal_handler_disconnect (clock, handler);
}

/* A picture of a window that is on the screen. (transfer full) */
GdkTexture *
tw_draw (GtkWidget *window)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (window);
  gint64 deadline = g_get_monotonic_time () + DEADLINE_MS * 1000;
  GskRenderNode *node = NULL;
  GdkTexture *texture;

  /* A window that is being laid out draws nothing for a moment. */
  while (node == NULL && g_get_monotonic_time () < deadline)
    {
      GtkSnapshot *snapshot = gtk_snapshot_new ();

      gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (window),
                              gtk_widget_get_height (window));
      node = gtk_snapshot_free_to_node (snapshot);
      if (node == NULL)
        g_main_context_iteration (NULL, TRUE);
    }
  g_assert_nonnull (node);
  texture =
    gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node,
                                 &GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (window),
                                                      (float) gtk_widget_get_height (window)));
  gsk_render_node_unref (node);
  return texture;
}

/* Tab leads on from everywhere, and back. */
void
tw_assert_no_trap (Fixture *fixture, const char *page)
{
  static const GtkDirectionType directions[] = { GTK_DIR_TAB_FORWARD, GTK_DIR_TAB_BACKWARD };

  for (gsize d = 0; d < G_N_ELEMENTS (directions); d++)
    for (int i = 0; i < 60; i++)
      {
        GtkWidget *before = gtk_window_get_focus (fixture->window);

        gtk_widget_child_focus (GTK_WIDGET (fixture->window), directions[d]);
        tw_spin ();
        if (before != NULL && gtk_window_get_focus (fixture->window) == before)
          g_error ("%s: Tab %s does not lead on from %s, step %d", page, d == 0 ? "on" : "back",
                   G_OBJECT_TYPE_NAME (before), i);
      }
}

/* What the program knows by this id, which it must. */
gpointer
tw_get_object (Fixture *fixture, const char *type, const char *id)
{
  TwObject *found =
    tw_object_list_find (tw_client_get_list (TW_CLIENT (fixture->client), type), id);

  g_assert_nonnull (found);
  return found;
}

/* What was asked for last, which must be of @kind. */
TwOutgoing *
tw_get_last (Fixture *fixture, const char *kind)
{
  TwOutgoing *outgoing = tw_fake_client_get_last (fixture->client);

  g_assert_cmpstr (tw_outgoing_get_kind (outgoing), ==, kind);
  return outgoing;
}

/* The question that is open, if one is. */
GtkWindow *
tw_find_dialog (void)
{
  g_autoptr (GListModel) windows = g_object_ref (gtk_window_get_toplevels ());

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (ADW_IS_MESSAGE_DIALOG (window) && gtk_widget_get_visible (GTK_WIDGET (window)))
        return window;
    }
  return NULL;
}

/* Answers the question that is open, and waits until it is gone. */
void
tw_answer (const char *response)
{
  GtkWindow *asked = tw_find_dialog ();

  g_assert_nonnull (asked);
  g_object_add_weak_pointer (G_OBJECT (asked), (gpointer *) &asked);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (asked), response);
  if (asked != NULL)
    gtk_window_close (asked);
  g_assert_true (tw_wait_until (has_gone, &asked));
}

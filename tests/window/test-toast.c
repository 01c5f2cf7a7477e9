// SPDX-License-Identifier: GPL-3.0-or-later
/* What is said in passing can be put away by somebody who only hears the window: the button has a
 * name, in the language of the window, also when the words gave way to newer ones and come back. */
#include <libintl.h>
#include <locale.h>

#include "client/agent/tw-agent-window.h"
#include "client/user/tw-user-window.h"
#include "tw-window-test.h"

/* What the session's language calls the button. */
static const char *close_name;

static void
find_toasts (GtkWidget *widget, GPtrArray *found)
{
  if (!gtk_widget_get_mapped (widget))
    return;
  /* The type is libadwaita's own. */
  if (g_str_equal (G_OBJECT_TYPE_NAME (widget), "AdwToastWidget"))
    g_ptr_array_add (found, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    find_toasts (child, found);
}

typedef struct
{
  Fixture *fixture;
  const char *text;
  GtkWidget *toast; /* (nullable): the one that says it */
} Sight;

/* Whether it is the only one there is: the one before has gone for good. */
static gboolean
is_alone (gpointer data)
{
  Sight *sight = data;
  g_autoptr (GPtrArray) found = g_ptr_array_new ();

  find_toasts (GTK_WIDGET (sight->fixture->window), found);
  if (found->len != 1 || tw_find_text (g_ptr_array_index (found, 0), sight->text) == NULL)
    return FALSE;
  sight->toast = g_ptr_array_index (found, 0);
  return TRUE;
}

static gboolean
is_none (gpointer data)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();

  find_toasts (GTK_WIDGET (((Fixture *) data)->window), found);
  return found->len == 0;
}

/* The button of the toast that says @text, and nothing but that. */
static GtkWidget *
wait_button (Fixture *fixture, const char *text)
{
  Sight sight = { fixture, text, NULL };
  GtkWidget *button;

  if (!tw_wait_until (is_alone, &sight))
    g_error ("“%s” does not stand there alone", text);
  button = tw_find_type (sight.toast, GTK_TYPE_BUTTON);
  g_assert_nonnull (button);
  gtk_test_accessible_assert_property (button, GTK_ACCESSIBLE_PROPERTY_LABEL, close_name);
  tw_assert_named (sight.toast, text);
  return button;
}

static void
put_away (Fixture *fixture, const char *text)
{
  g_signal_emit_by_name (wait_button (fixture, text), "clicked");
}

static void
say (Fixture *fixture, const char *text)
{
  g_signal_emit_by_name (fixture->client, "message", text);
}

static void
test_named (Fixture *fixture, gconstpointer data)
{
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  say (fixture, "first");
  wait_button (fixture, "first");
  /* The newer one is said at once, and the first one comes back after it. */
  say (fixture, "second");
  put_away (fixture, "second");
  put_away (fixture, "first");
  g_assert_true (tw_wait_until (is_none, fixture));
  say (fixture, "third");
  put_away (fixture, "third");
  g_assert_true (tw_wait_until (is_none, fixture));
}

static void
set_up_user (Fixture *fixture, gconstpointer data)
{
  tw_window_test_use (tw_user_window_new);
  tw_window_test_set_up (fixture, NULL);
}

static void
set_up_agent (Fixture *fixture, gconstpointer data)
{
  tw_window_test_use (tw_agent_window_new);
  tw_window_test_set_up (fixture, NULL);
}

int
main (int argc, char *argv[])
{
  const char *lang = g_getenv ("LANG");
  g_autofree char *words = g_build_filename (g_getenv ("TW_BUILDDIR"), "po", NULL);

  bindtextdomain (GETTEXT_PACKAGE, words);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  close_name = lang != NULL && g_str_has_prefix (lang, "zh") ? "关闭" : "Close";
  tw_window_test_init (&argc, &argv, tw_user_window_new);
  /* GTK has its tests speak English. */
  g_assert_nonnull (setlocale (LC_ALL, ""));
  g_test_add ("/toast/named/user", Fixture, NULL, set_up_user, test_named,
              tw_window_test_tear_down);
  g_test_add ("/toast/named/agent", Fixture, NULL, set_up_agent, test_named,
              tw_window_test_tear_down);
  return g_test_run ();
}

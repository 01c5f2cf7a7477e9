// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/widgets/tw-page.h"

typedef struct
{
  TwClient *client;
  char *title;
  char *subtitle;
  char *about_type;
  char *about_id;
  char *about_text;
  gboolean documents;
  gboolean csv;
} TwPagePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (TwPage, tw_page, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_CLIENT,
  PROP_TITLE,
  PROP_SUBTITLE,
  PROP_DOCUMENTS,
  PROP_CSV,
  PROP_CAN_FIND,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
tw_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TwPagePrivate *priv = tw_page_get_instance_private (TW_PAGE (object));

  switch (id)
    {
    case PROP_CLIENT:
      g_value_set_object (value, priv->client);
      break;
    case PROP_TITLE:
      g_value_set_string (value, priv->title);
      break;
    case PROP_SUBTITLE:
      g_value_set_string (value, priv->subtitle);
      break;
    case PROP_DOCUMENTS:
      g_value_set_boolean (value, priv->documents);
      break;
    case PROP_CSV:
      g_value_set_boolean (value, priv->csv);
      break;
    case PROP_CAN_FIND:
      g_value_set_boolean (value, TW_PAGE_GET_CLASS (object)->find != NULL);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tw_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TwPagePrivate *priv = tw_page_get_instance_private (TW_PAGE (object));

  switch (id)
    {
    case PROP_CLIENT:
      priv->client = g_value_dup_object (value);
      break;
    case PROP_TITLE:
      tw_page_set_title (TW_PAGE (object), g_value_get_string (value), priv->subtitle);
      break;
    case PROP_SUBTITLE:
      tw_page_set_title (TW_PAGE (object), priv->title, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tw_page_finalize (GObject *object)
{
  TwPagePrivate *priv = tw_page_get_instance_private (TW_PAGE (object));

  g_clear_object (&priv->client);
  g_free (priv->title);
  g_free (priv->subtitle);
  g_free (priv->about_type);
  g_free (priv->about_id);
  g_free (priv->about_text);
  G_OBJECT_CLASS (tw_page_parent_class)->finalize (object);
}

static void
tw_page_class_init (TwPageClass *klass)
{
  const GParamFlags flags = G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = tw_page_get_property;
  object_class->set_property = tw_page_set_property;
  object_class->finalize = tw_page_finalize;

  props[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, TW_TYPE_CLIENT,
                                            flags | G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY);
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags | G_PARAM_READWRITE);
  props[PROP_SUBTITLE] =
    g_param_spec_string ("subtitle", NULL, NULL, NULL, flags | G_PARAM_READWRITE);
  props[PROP_DOCUMENTS] =
    g_param_spec_boolean ("documents", NULL, NULL, FALSE, flags | G_PARAM_READABLE);
  props[PROP_CSV] = g_param_spec_boolean ("csv", NULL, NULL, FALSE, flags | G_PARAM_READABLE);
  props[PROP_CAN_FIND] =
    g_param_spec_boolean ("can-find", NULL, NULL, FALSE, flags | G_PARAM_READABLE);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
tw_page_init (TwPage *self)
{
}

/**
 * tw_page_get_client:
 * @self: a page
 *
 * Returns: (transfer none): the program behind it
 */
TwClient *
tw_page_get_client (TwPage *self)
{
  TwPagePrivate *priv = tw_page_get_instance_private (self);

  return priv->client;
}

/**
 * tw_page_set_title:
 * @self: a page
 * @title: (nullable): what stands in the title bar
 * @subtitle: (nullable): and below it
 */
void
tw_page_set_title (TwPage *self, const char *title, const char *subtitle)
{
  TwPagePrivate *priv = tw_page_get_instance_private (self);

  if (g_strcmp0 (priv->title, title) != 0)
    {
      g_free (priv->title);
      priv->title = g_strdup (title);
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TITLE]);
    }
  if (g_strcmp0 (priv->subtitle, subtitle) != 0)
    {
      g_free (priv->subtitle);
      priv->subtitle = g_strdup (subtitle);
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SUBTITLE]);
    }
}

/**
 * tw_page_set_about:
 * @self: a page
 * @type: (nullable): `payment`, `bill` or `record`: what a question asked from here is about
 * @id: (nullable): which one
 * @text: (nullable): the same in words
 */
void
tw_page_set_about (TwPage *self, const char *type, const char *id, const char *text)
{
  TwPagePrivate *priv = tw_page_get_instance_private (self);
  char *copies[] = { g_strdup (type), g_strdup (id), g_strdup (text) };

  g_free (priv->about_type);
  g_free (priv->about_id);
  g_free (priv->about_text);
  priv->about_type = copies[0];
  priv->about_id = copies[1];
  priv->about_text = copies[2];
}

/**
 * tw_page_get_about:
 * @self: a page
 * @id: (out) (transfer none) (optional): which one
 * @text: (out) (transfer none) (optional): the same in words
 *
 * Returns: (transfer none) (nullable): the type of what a question asked from here is about
 */
const char *
tw_page_get_about (TwPage *self, const char **id, const char **text)
{
  TwPagePrivate *priv = tw_page_get_instance_private (self);

  if (id != NULL)
    *id = priv->about_id;
  if (text != NULL)
    *text = priv->about_text;
  return priv->about_type;
}

/**
 * tw_page_set_documents:
 * @self: a page
 * @documents: whether what it shows can be printed and saved as PDF now
 * @csv: whether it can be saved as CSV too
 */
void
tw_page_set_documents (TwPage *self, gboolean documents, gboolean csv)
{
  TwPagePrivate *priv = tw_page_get_instance_private (self);

  if (priv->documents != documents)
    {
      priv->documents = documents;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_DOCUMENTS]);
    }
  if (priv->csv != csv)
    {
      priv->csv = csv;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CSV]);
    }
}

/**
 * tw_page_show:
 * @self: a page
 * @arg: what to show
 */
void
tw_page_show (TwPage *self, const char *arg)
{
  if (TW_PAGE_GET_CLASS (self)->show != NULL)
    TW_PAGE_GET_CLASS (self)->show (self, arg);
}

/**
 * tw_page_find:
 * @self: a page
 *
 * Begins a search, where the page has one.
 */
void
tw_page_find (TwPage *self)
{
  if (TW_PAGE_GET_CLASS (self)->find != NULL)
    TW_PAGE_GET_CLASS (self)->find (self);
}

/**
 * tw_page_document:
 * @self: a page
 * @document: what to make of what it shows
 */
void
tw_page_document (TwPage *self, TwDocument document)
{
  TwPagePrivate *priv = tw_page_get_instance_private (self);

  if (document == TW_DOCUMENT_CSV ? priv->csv : priv->documents)
    TW_PAGE_GET_CLASS (self)->document (self, document);
}

/**
 * tw_page_escape:
 * @self: a page
 *
 * Returns: whether the page had something to close; otherwise the window goes back
 */
gboolean
tw_page_escape (TwPage *self)
{
  return TW_PAGE_GET_CLASS (self)->escape != NULL && TW_PAGE_GET_CLASS (self)->escape (self);
}

/**
 * tw_page_go:
 * @widget: a page, or something on one
 * @page: the name of a page
 * @arg: what it is to show, "" where there is only one thing
 *
 * Goes to another page; the window remembers the way back.
 */
void
tw_page_go (gpointer widget, const char *page, const char *arg)
{
  gtk_widget_activate_action (GTK_WIDGET (widget), "win.go", "(ss)", page, arg);
}

/**
 * tw_page_say:
 * @widget: a page, or something on one
 * @words: something to say in passing
 */
void
tw_page_say (gpointer widget, const char *words)
{
  gtk_widget_activate_action (GTK_WIDGET (widget), "win.say", "s", words);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* The base of everything that travels on the feed. A class says once, in a table of fields, what it
 * holds; its properties, its notifications and its form on the wire all follow from that table. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum
{
  TW_FIELD_STRING,  /* char *, never NULL: "" when nothing is there */
  TW_FIELD_INT64,   /* gint64 */
  TW_FIELD_BOOLEAN, /* gboolean */
  TW_FIELD_ENUM,    /* int: an index into the words that stand on the wire */
} TwFieldType;

typedef struct
{
  const char *name; /* as a property: with dashes; on the wire the dashes are underscores */
  TwFieldType type;
  gsize offset;
  const char *const *words; /* for TW_FIELD_ENUM: NULL-terminated */
} TwField;

#define TW_TYPE_OBJECT (tw_object_get_type ())
G_DECLARE_DERIVABLE_TYPE (TwObject, tw_object, TW, OBJECT, GObject)

struct _TwObjectClass
{
  GObjectClass parent_class;

  /*< private >*/
  const char *wire_type;
  const TwField *fields;
  guint n_fields;
  GParamSpec **pspecs;
};

#define TW_FIELD_STRING(Type, member, prop)                                                        \
  {                                                                                                \
    prop, TW_FIELD_STRING, G_STRUCT_OFFSET (Type, member), NULL                                    \
  }
#define TW_FIELD_INT64(Type, member, prop)                                                         \
  {                                                                                                \
    prop, TW_FIELD_INT64, G_STRUCT_OFFSET (Type, member), NULL                                     \
  }
#define TW_FIELD_BOOLEAN(Type, member, prop)                                                       \
  {                                                                                                \
    prop, TW_FIELD_BOOLEAN, G_STRUCT_OFFSET (Type, member), NULL                                   \
  }
#define TW_FIELD_ENUM(Type, member, prop, words)                                                   \
  {                                                                                                \
    prop, TW_FIELD_ENUM, G_STRUCT_OFFSET (Type, member), words                                     \
  }

void tw_object_class_install_fields (TwObjectClass *klass,
                                     const char *wire_type,
                                     const TwField *fields,
                                     guint n_fields);

const char *tw_object_get_id (TwObject *self);
const char *tw_object_get_wire_type (TwObject *self);
const TwField *tw_object_get_fields (TwObject *self, guint *n_fields);
gboolean tw_object_set_field (TwObject *self, guint index, const GValue *value);
gpointer tw_object_init_field (TwObject *self, guint index);
gboolean tw_object_copy_fields (TwObject *self, TwObject *from);

/* Defines the getter `ret prefix_get_member (Type *self)`. */
#define TW_DEFINE_GETTER(Type, prefix, IS, ret, member)                                            \
  ret prefix##_get_##member (Type *self)                                                           \
  {                                                                                                \
    g_return_val_if_fail (IS (self), (ret) 0);                                                     \
    return self->member;                                                                           \
  }

G_END_DECLS

// SPDX-License-Identifier: GPL-3.0-or-later
/* The fields of a return: name, type, and where each goes; only for tw-assess-form.c. */
#pragma once

#include "protocol/tw-assess-form.h"

G_BEGIN_DECLS

#define TW_ASSESS_MAX_CHILDREN 20
#define TW_ASSESS_MAX_MEDICAL 50

typedef enum
{
  FIELD_FEN,    /* gint64 */
  FIELD_LONG,   /* gint64 up to `most` */
  FIELD_INT,    /* int from `least` to `most` */
  FIELD_SHARE,  /* int, 100 or 50 */
  FIELD_FLAG,   /* gboolean */
  FIELD_OBJECT, /* fields of its own */
  FIELD_KIND,
  FIELD_MODE,
  FIELD_STAGE,
  FIELD_LABEL,
  FIELD_CHILDREN,
  FIELD_MEDICAL,
} FieldType;

typedef struct _Field Field;

struct _Field
{
  const char *name;
  FieldType type;
  gsize offset; /* in what is read into */
  gint64 least, most;
  const Field *inner; /* of an object */
  gboolean needed;
};

typedef struct
{
  const char *name;
  const Field *fields;
} Kind;

extern const Kind tw_assess_kinds[];
extern const gsize tw_assess_kinds_count;
extern const Field tw_assess_child[]; /* into a TwTaxChild; all others into the form */

G_END_DECLS

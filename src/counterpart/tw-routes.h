// SPDX-License-Identifier: GPL-3.0-or-later
/* What can be asked of the practice partners: one row for each kind of order and of question. A new
 * one is a row here, and its two functions beside the books that it changes. */
#pragma once

#include <json-glib/json-glib.h>

#include "db/tw-db.h"

G_BEGIN_DECLS

/* What they work with. */
typedef struct
{
  TwDb *db; /* the books */
  guint seed;
  guint confirm_ms; /* how long the office takes to confirm */
} TwPartners;

/* POST to the path acts, once for an id, and GET at PATH/ID tells what became of it: both answer
 * the order as it stands, with its `id` and a `state`. What moves money calls tw_books_enter(). */
typedef struct
{
  const char *path;
  JsonObject *(*act) (TwPartners *partners, JsonObject *body, gboolean refuse, GError **error);
  JsonObject *(*find) (TwPartners *partners, const char *id, GError **error);
} TwOrderRoute;

/* GET at PATH/REST or PATH?REST. A rest that ends in `.xml` asks for the same as a document. */
typedef struct
{
  const char *path;
  JsonObject *(*answer) (TwPartners *partners, const char *rest, GError **error);
  char *(*write) (TwPartners *partners, const char *rest, GError **error); /* (nullable) */
} TwQuestionRoute;

const TwOrderRoute *tw_routes_find_order (const char *path, const char **rest);
const TwQuestionRoute *tw_routes_find_question (const char *path, const char **rest);

G_END_DECLS

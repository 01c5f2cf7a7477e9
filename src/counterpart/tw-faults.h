// SPDX-License-Identifier: GPL-3.0-or-later
/* Misbehaviour on order: what a real partner does on a bad day. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum
{
  TW_FAULT_NONE,
  TW_FAULT_REFUSE,               /* says no */
  TW_FAULT_TIMEOUT_AFTER_ACTING, /* does it, and never answers */
  TW_FAULT_TWICE,                /* the order arrives twice */
  TW_FAULT_LATE,                 /* does it only after the asker has given up */
  TW_FAULT_DOWN,                 /* breaks the connection off, does nothing; for questions too */
} TwFault;

/* What happens to the next orders. */
typedef struct
{
  TwFault next;
  gint64 count; /* how many more */
} TwFaults;

gboolean tw_faults_set (TwFaults *faults, const char *name, gint64 count, GError **error);
gboolean tw_faults_set_from_json (TwFaults *faults, JsonObject *body, GError **error);
gboolean tw_faults_set_from_text (TwFaults *faults, const char *text, GError **error);
TwFault tw_faults_take (TwFaults *faults, gboolean is_order);

G_END_DECLS

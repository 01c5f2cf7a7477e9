// SPDX-License-Identifier: GPL-3.0-or-later
/* Misbehaviour on order: what a real partner does on a bad day. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum
{
  TW_FAULT_NONE,
  /* Orders: */
  TW_FAULT_REFUSE,               /* says no */
  TW_FAULT_REFUSE_AFTER_ACTING,  /* does it, and says no */
  TW_FAULT_TIMEOUT_AFTER_ACTING, /* does it, and never answers */
  TW_FAULT_TWICE,                /* the order arrives twice */
  TW_FAULT_LATE,                 /* does it only after the asker has given up */
  TW_FAULT_DOWN,                 /* breaks the connection off, does nothing; for questions too */
  /* Callbacks: */
  TW_FAULT_LOSE_CALLBACK,
  TW_FAULT_REPEAT_CALLBACK,
  TW_FAULT_REORDER_CALLBACKS, /* one comes after the next */
  /* Books: what the statement says of an order that was carried out. */
  TW_FAULT_LOSE_ROW,
  TW_FAULT_WRONG_AMOUNT,
  TW_FAULT_EXTRA_ROW,
  TW_FAULT_DOUBLE_ROW,
} TwFault;

/* What a fault is about: each may have one at the same time. */
typedef enum
{
  TW_FAULTS_OF_ORDERS,
  TW_FAULTS_OF_CALLBACKS,
  TW_FAULTS_OF_BOOKS,
  TW_N_FAULTS_OF,
} TwFaultsOf;

/* What happens to the next ones. */
typedef struct
{
  struct
  {
    TwFault next;
    gint64 count; /* how many more */
  } of[TW_N_FAULTS_OF];
} TwFaults;

gboolean tw_faults_set (TwFaults *faults, const char *name, gint64 count, GError **error);
gboolean tw_faults_set_from_json (TwFaults *faults, JsonObject *body, GError **error);
gboolean tw_faults_set_from_text (TwFaults *faults, const char *text, GError **error);
TwFault tw_faults_take (TwFaults *faults, TwFaultsOf of);
gboolean tw_faults_take_down (TwFaults *faults);

G_END_DECLS

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

typedef enum
{
  TW_STEP_AHEAD,
  TW_STEP_NOW,
  TW_STEP_DONE,
  TW_STEP_FAILED,
  TW_STEP_WRONG, /* looked at, and found wanting */
} TwStepState;

typedef struct
{
  TwStepState state;
  char *title;
  char *detail; /* (nullable): when, a reference, or what it means */
} TwStep;

TwStep *tw_step_new (TwStepState state, const char *title, char *detail);
void tw_step_free (TwStep *step);

#define TW_TYPE_TIMELINE (tw_timeline_get_type ())
G_DECLARE_FINAL_TYPE (TwTimeline, tw_timeline, TW, TIMELINE, GtkBox)

void tw_timeline_set_steps (TwTimeline *self, GPtrArray *steps);

G_END_DECLS
